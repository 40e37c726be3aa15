"""How people get in: a link that works once, and the session that a link or a key begins."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from triage.access import LINK_MARK, SESSION_MARK, Access, Scope, digest_of, new_secret
from triage.storage.keys import access_of, is_good
from triage.storage.tables import ApiKey, LoginLink, WebSession


def make_link(session: Session, now: datetime, *, life: timedelta) -> str:
    """Return the secret of a new link; those that are over are forgotten."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at < now))
    secret = new_secret(LINK_MARK)
    session.add(LoginLink(digest=digest_of(secret), created_at=now, expires_at=now + life))
    return secret


def use_link(session: Session, secret: str, now: datetime) -> bool:
    """Use a link up; tell whether it was good. Of two who do so at once one alone is told yes."""
    good = (LoginLink.digest == digest_of(secret), LoginLink.used_at.is_(None), LoginLink.expires_at > now)
    used = session.execute(update(LoginLink).where(*good).values(used_at=now))
    assert isinstance(used, CursorResult)  # noqa: S101 (it is of an update)
    return used.rowcount == 1


def begin(session: Session, now: datetime, *, life: timedelta, key_id: int | None = None) -> str:
    """Return the secret of a new session, by a key or by a link; those that are over are forgotten."""
    session.execute(delete(WebSession).where(WebSession.expires_at < now))
    secret = new_secret(SESSION_MARK)
    session.add(WebSession(digest=digest_of(secret), key_id=key_id, created_at=now, expires_at=now + life))
    return secret


def end(session: Session, digest: bytes) -> None:
    """End a session; safe to repeat."""
    session.execute(delete(WebSession).where(WebSession.digest == digest))


def access_by_session(session: Session, digest: bytes, now: datetime) -> Access | None:
    """Return what a session gives access to, if it is going on; one by a key ends with its key."""
    query = select(WebSession, ApiKey).outerjoin(ApiKey, ApiKey.id == WebSession.key_id)
    found = session.execute(query.where(WebSession.digest == digest, WebSession.expires_at > now)).one_or_none()
    if found is None:
        return None
    begun: WebSession = found[0]
    key: ApiKey | None = found[1]
    if begun.key_id is None:
        return Access("web", frozenset({Scope.ADMIN}), None, digest)
    if key is None or not is_good(key, now):
        return None
    return access_of(key, actor=f"web:{key.name}", session=digest)
