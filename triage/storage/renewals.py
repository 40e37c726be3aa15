"""Who renews the tokens of an account just now, and whether its consent is gone; both stand in its `oauth` document."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage.storage.tables import Account

RENEWING_UNTIL, CONSENT_GONE = "renewing_until", "consent_gone"


def begin_renewal(session: Session, account_id: int, now: datetime, length: timedelta) -> bool:
    """Claim the renewal until `now + length`; return whether nobody else has claimed it."""
    oauth = _locked(session, account_id)
    until = datetime.fromisoformat(oauth[RENEWING_UNTIL]) if oauth.get(RENEWING_UNTIL) else None
    # One that ends later than any claim can is from before the clock was set back.
    if until is not None and now < until <= now + 2 * length:
        return False
    _store(session, account_id, oauth | {RENEWING_UNTIL: (now + length).isoformat()})
    return True


def end_renewal(session: Session, account_id: int) -> None:
    """Give up a claim."""
    _store(session, account_id, _without(_locked(session, account_id), RENEWING_UNTIL))


def note_consent_gone(session: Session, account_id: int, sentence: str, now: datetime) -> None:
    """Note that consent was gone when it was last asked for, and give up the claim."""
    told = {CONSENT_GONE: {"at": now.isoformat(), "sentence": sentence}}
    _store(session, account_id, _without(_locked(session, account_id), RENEWING_UNTIL) | told)


def note_renewed(session: Session, account_id: int) -> None:
    """Note that consent stands, and give up the claim."""
    _store(session, account_id, _without(_locked(session, account_id), RENEWING_UNTIL, CONSENT_GONE))


def consent_gone(oauth: Mapping[str, Any] | None) -> tuple[datetime, str] | None:
    """Return when consent was last found gone, and the sentence that said so; `None` while it stands."""
    told = (oauth or {}).get(CONSENT_GONE)
    return None if told is None else (datetime.fromisoformat(told["at"]), told["sentence"])


def _locked(session: Session, account_id: int) -> dict[str, Any]:
    """Return the document, which nobody else changes before the end of the transaction; empty when it is gone."""
    query = select(Account.oauth).where(Account.id == account_id).with_for_update()
    return dict(session.scalar(query) or {})


def _store(session: Session, account_id: int, oauth: dict[str, Any]) -> None:
    if oauth:
        session.execute(update(Account).where(Account.id == account_id).values(oauth=oauth))


def _without(oauth: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in oauth.items() if name not in names}
