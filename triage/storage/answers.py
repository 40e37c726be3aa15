"""Answers that were given to requests with an `Idempotency-Key`, kept so that the same request is answered the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.retention import overwrite
from triage.storage.tables import Answer

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered; without a status, nothing is known of how it went."""

    status: int | None
    fingerprint: bytes | None
    headers: Mapping[str, str]
    body: bytes


def begin(session: Session, name: bytes, now: datetime) -> Given | None:
    """Note that a request begins, and return `None`; or what there is of one of the same name before it."""
    session.execute(delete(Answer).where(Answer.name == name, Answer.begun_at < now - KEPT_FOR))
    row = {"name": name, "begun_at": now}
    if insert_rows(session, Answer, [row], unless_there=["name"], returning=["begun_at"]):
        return None
    found = session.get(Answer, name)
    if found is None:
        return Given(None, None, {}, b"")  # it was withdrawn at this moment
    return Given(found.status, found.fingerprint, found.headers or {}, found.body or b"")


def keep(session: Session, name: bytes, given: Given) -> None:
    """Keep what a request was answered with."""
    told = {"status": given.status, "fingerprint": given.fingerprint, "headers": given.headers, "body": given.body}
    session.execute(update(Answer).where(Answer.name == name).values(told))


def withdraw(session: Session, name: bytes) -> None:
    """Forget a request that changed nothing; the next of this name begins anew."""
    session.execute(delete(Answer).where(Answer.name == name))


def forget_old(session: Session, now: datetime) -> None:
    """Forget answers that were kept long enough; some hold text of mail."""
    overwrite(session)
    session.execute(delete(Answer).where(Answer.begun_at < now - KEPT_FOR))
