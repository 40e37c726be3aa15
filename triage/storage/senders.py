"""What people did with mail, noted as they do it and weighed soon after, and the evidence on its senders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Row, Text, any_, bindparam, delete, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.ranking.importance import (
    FEWEST_MAILS,
    MOST_MAILS,
    NO_EVIDENCE,
    Evidence,
    Treatment,
    Usual,
    evidence_of,
    usual_of,
)
from triage.storage.dialect import among, insert_rows, is_postgresql
from triage.storage.tables import Email, Sender, Treated, Verdict
from triage.storage.tables.senders import IS_DUE

# Emails by which is told what is usual in a mailbox, the newest that people did something with.
MOST_USUAL = 1000
# As the partial index says it, so that SQLite takes it.
_IS_DUE = text(IS_DUE)


@dataclass(frozen=True, slots=True)
class TreatedEmail:
    """An email that people did something with, as it is now; the verdict's columns are `None` before it was read."""

    id: int
    mailbox_id: int
    address: str
    stored_at: datetime
    handled_at: datetime | None
    is_automatic: bool
    incident_id: int | None
    with_many: bool
    distributions: Mapping[str, Any] | None
    language: str | None
    unaided: Mapping[str, Any] | None


def note_treated(session: Session, email_ids: Collection[int], *, with_many: bool | None = None) -> None:
    """Note that people did something with emails, in the transaction that does it; it is weighed soon after.

    `with_many` says whether it was done with many others together; `None` leaves what was noted of that.
    """
    if not email_ids:
        return
    values = select(Email.id, Email.mailbox_id, literal(bool(with_many), Boolean), literal(True, Boolean))
    # In the order of ids, in which everybody locks emails.
    told = values.where(among(session, Email.id, sorted(email_ids))).order_by(Email.id)
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    statement = insert(Treated).from_select(["email_id", "mailbox_id", "with_many", "is_due"], told)
    changed: dict[str, Any] = {"is_due": True} | ({} if with_many is None else {"with_many": with_many})
    session.execute(statement.on_conflict_do_update(index_elements=["email_id"], set_=changed))


def mailboxes_to_weigh(session: Session) -> list[int]:
    """Return the mailboxes in which people did something that is not weighed yet."""
    return list(session.scalars(select(Treated.mailbox_id).where(_IS_DUE).distinct().order_by(Treated.mailbox_id)))


def due_to_weigh(session: Session, mailbox_id: int, *, limit: int) -> list[TreatedEmail]:
    """Lock emails of a mailbox that people did something with since they were weighed; return them as they are now.

    Those that somebody does something with at this moment are left to the next call.
    """
    of_mailbox = select(Treated.email_id).where(Treated.mailbox_id == mailbox_id, _IS_DUE)
    first = of_mailbox.order_by(Treated.email_id).limit(limit)
    ids = list(session.scalars(first.with_for_update(skip_locked=True)))
    columns = (Email.sender_address, Email.stored_at, Email.handled_at, Email.is_automatic, Email.incident_id)
    query = (
        select(Email.id, Email.mailbox_id, *columns, Treated.with_many)
        .add_columns(Verdict.distributions, Verdict.language, Verdict.unaided)
        .join(Treated, Treated.email_id == Email.id)
        .outerjoin(Verdict, (Verdict.email_id == Email.id) & (Verdict.model_version == Email.model_version))
        .where(Email.id.in_(ids))
        .order_by(Email.id)
    )
    return [TreatedEmail(row[0], row[1], row[2].lower(), *row[3:]) for row in session.execute(query)]


def save_treatments(session: Session, rows: Sequence[Mapping[str, Any]], undone: Sequence[int]) -> None:
    """Write what was found of emails that are locked, by `email_id`, and forget those that people undid."""
    session.execute(delete(Treated).where(Treated.email_id.in_(undone)))
    if not rows:
        return
    table = Treated.__table__
    names = ("address", "treatment", "treated_at")
    statement = (
        update(table)  # type: ignore[arg-type]  # a declarative class says FromClause where it holds a Table
        .where(table.c.email_id == bindparam("of_email"))
        .values({"is_due": False, **{name: bindparam(name) for name in names}})
    )
    told = [{"of_email": row["email_id"], **{name: row[name] for name in names}} for row in rows]
    session.connection().execute(statement, told)


def treatments_in(session: Session, mailbox_id: int) -> list[str]:
    """Return how people of a mailbox treated its newest mail."""
    query = select(Treated.treatment).where(Treated.mailbox_id == mailbox_id, Treated.treated_at.is_not(None))
    return [one for one in session.scalars(query.order_by(Treated.treated_at.desc()).limit(MOST_USUAL)) if one]


def treatments_of(session: Session, mailbox_id: int, address: str) -> list[str]:
    """Return how people of a mailbox treated the newest mail of a sender."""
    query = select(Treated.treatment).where(Treated.mailbox_id == mailbox_id, Treated.address == address)
    return [one for one in session.scalars(query.order_by(Treated.treated_at.desc()).limit(MOST_MAILS)) if one]


def save_senders(session: Session, mailbox_id: int, found: Mapping[str, Evidence]) -> None:
    """Keep the evidence on senders of a mailbox, by address, where there is enough."""
    session.execute(delete(Sender).where(Sender.mailbox_id == mailbox_id, Sender.address.in_(found)))
    rows = [_row(mailbox_id, address, one) for address, one in found.items() if one.mails >= FEWEST_MAILS]
    insert_rows(session, Sender, rows)


def evidence_on(session: Session, senders: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Evidence]:
    """Return the evidence on senders, named by mailbox and address in lower case, of those there is any on."""
    wanted = set(senders)
    if not wanted:
        return {}
    mailbox_ids, addresses = (sorted(set(part)) for part in zip(*wanted, strict=True))
    is_one = (
        Sender.address == any_(bindparam(None, addresses, postgresql.ARRAY(Text)))
        if is_postgresql(session)
        else Sender.address.in_(addresses)
    )
    # A few of the mailboxes beside may have a sender of the same name.
    query = select(Sender.__table__).where(Sender.mailbox_id.in_(mailbox_ids), is_one)
    found = {(one.mailbox_id, one.address): _evidence(one) for one in session.execute(query)}
    return {sender: evidence for sender, evidence in found.items() if sender in wanted}


def evidence_on_each(session: Session, mails: Sequence[tuple[int, str]]) -> list[Evidence]:
    """Return the evidence on the sender of each mail, named by mailbox and address in any case."""
    named = [(mailbox_id, address.lower()) for mailbox_id, address in mails]
    found = evidence_on(session, named)
    return [found.get(one, NO_EVIDENCE) for one in named]


def count_senders(session: Session, mailbox_id: int) -> int:
    """Return on how many senders of a mailbox there is evidence."""
    return session.scalar(select(func.count()).select_from(Sender).where(Sender.mailbox_id == mailbox_id)) or 0


def renew(session: Session, mailbox_id: int, addresses: Collection[str]) -> None:
    """Keep of senders what people did with their mail, as it is noted now."""
    usual = usual_of(treatments_in(session, mailbox_id))
    save_senders(
        session, mailbox_id, {one: evidence_of(treatments_of(session, mailbox_id, one), usual) for one in addresses}
    )


def forget(session: Session, email_ids: Sequence[int]) -> None:
    """Forget what people did with emails that are let go of, and what only that said of their senders."""
    of_these = among(session, Treated.email_id, email_ids)
    query = select(Treated.mailbox_id, Treated.address).where(of_these, Treated.address.is_not(None)).distinct()
    senders: dict[int, list[str]] = {}
    for mailbox_id, address in session.execute(query).all():
        senders.setdefault(mailbox_id, []).append(str(address))
    session.execute(delete(Treated).where(of_these).execution_options(synchronize_session=False))
    for mailbox_id, addresses in senders.items():
        renew(session, mailbox_id, addresses)


def _row(mailbox_id: int, address: str, evidence: Evidence) -> dict[str, Any]:
    return {
        "mailbox_id": mailbox_id,
        "address": address,
        "mails": evidence.mails,
        **{str(one): getattr(evidence, one) for one in Treatment if one is not Treatment.OTHER},
        "usual_soon": evidence.usual.soon,
        "usual_swept": evidence.usual.swept,
    }


def _evidence(one: Row[Any]) -> Evidence:
    usual = Usual(one.usual_soon, one.usual_swept)
    return Evidence(one.mails, one.raised, one.lowered, one.soon, one.swept, usual)
