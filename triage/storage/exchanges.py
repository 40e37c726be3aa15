"""What has passed between the server of an account and us about an email, whatever UID it has there now.

UIDs become void, and an email that a person moves gets another. What was told or learned once must not be again.
Emails are locked before anything that hangs on them, as everywhere.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage.storage import accounts, emails
from triage.storage.dialect import among, insert_rows
from triage.storage.tables import Exchange


def told_bands(session: Session, account_id: int, email_ids: Iterable[int]) -> dict[int, str]:
    """Return the band that the server was told last, for each of the emails of which it was told one."""
    query = select(Exchange.email_id, Exchange.told_band).where(
        Exchange.account_id == account_id,
        among(session, Exchange.email_id, sorted(set(email_ids))),
        Exchange.told_band.is_not(None),
    )
    return {email_id: band for email_id, band in session.execute(query) if band is not None}


def note_told_band(session: Session, account_id: int, email_ids: Sequence[int], band: str) -> None:
    """Note that the server knows a band of emails; of those that are gone nothing is noted."""
    there = _begun(session, account_id, email_ids)
    these = (Exchange.account_id == account_id, among(session, Exchange.email_id, there))
    session.execute(update(Exchange).where(*these).values(told_band=band).execution_options(synchronize_session=False))


def note_flag(session: Session, account_id: int, email_ids: Sequence[int], flag: str) -> list[int]:
    """Note a flag of emails; return those that were not known to have it, by id. Safe to repeat."""
    there = _begun(session, account_id, email_ids)
    these = (Exchange.account_id == account_id, among(session, Exchange.email_id, there))
    found = session.scalars(select(Exchange).where(*these).order_by(Exchange.email_id))
    new = [one for one in found if flag not in (one.seen_flags or [])]
    for one in new:
        one.seen_flags = [*(one.seen_flags or []), flag]
    return [one.email_id for one in new]


def _begun(session: Session, account_id: int, email_ids: Sequence[int]) -> list[int]:
    """Return those of the emails that are there, each with a row to note things in, and locked."""
    if not accounts.hold(session, account_id):
        return []
    there = emails.lock(session, sorted(set(email_ids)))
    rows = [{"account_id": account_id, "email_id": email_id} for email_id in there]
    insert_rows(session, Exchange, rows, unless_there=["account_id", "email_id"])
    return there
