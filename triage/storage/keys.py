"""Keys: made, looked up, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from triage.access import KEY_MARK, Access, Grant, Scope, digest_of, in_order, new_secret
from triage.errors import InvalidKeyOrder, KeyNotFound
from triage.storage.tables import ApiKey

# Of the secret, enough to tell keys apart and far too little to guess the rest.
SHOWN_CHARS = len(KEY_MARK) + 6
NOTED_EVERY = timedelta(minutes=1)
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; its secret is nowhere else."""

    id: int
    secret: str


def create(session: Session, grant: Grant, *, author: str, now: datetime) -> NewKey:
    """Make a key.

    Raises:
        InvalidKeyOrder: It could be used for nothing.
    """
    if not grant.scopes:
        raise InvalidKeyOrder("a key without a scope could do nothing; give one of read, submit, label, train, admin")
    if grant.mailboxes is not None and not grant.mailboxes:
        raise InvalidKeyOrder("a key for no mailbox could do nothing; name one, or leave mailboxes out for all")
    if grant.expires_at is not None and grant.expires_at <= now:
        raise InvalidKeyOrder("a key that has expired could do nothing; give a time to come")
    secret = new_secret(KEY_MARK)
    row = ApiKey(
        digest=digest_of(secret),
        beginning=secret[:SHOWN_CHARS],
        name=grant.name,
        scopes=in_order(grant.scopes),
        mailboxes=None if grant.mailboxes is None else sorted(set(grant.mailboxes)),
        created_at=now,
        created_by=author,
        expires_at=grant.expires_at,
    )
    session.add(row)
    session.flush()
    return NewKey(row.id, secret)


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Return every key, revoked ones among them, newest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all()


def key_by_id(session: Session, key_id: int) -> ApiKey:
    """Return a key.

    Raises:
        KeyNotFound: There is none.
    """
    found = session.get(ApiKey, key_id)
    if found is None:
        raise KeyNotFound(key_id)
    return found


def key_of(session: Session, digest: bytes, now: datetime) -> ApiKey | None:
    """Return the key with a digest if it is good."""
    found = session.scalar(select(ApiKey).where(ApiKey.digest == digest))
    return found if found is not None and is_good(found, now) else None


def is_good(key: ApiKey, now: datetime) -> bool:
    """Tell whether a key may be used."""
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def access_of(key: ApiKey, *, actor: str, session: bytes | None = None) -> Access:
    """Return what a key gives access to; a scope that this release does not know gives none."""
    scopes = frozenset(scope for scope in Scope if scope in key.scopes)
    return Access(actor, scopes, None if key.mailboxes is None else frozenset(key.mailboxes), session, key.id)


def revoke(session: Session, key_id: int, *, author: str, now: datetime) -> ApiKey:
    """Make a key good for nothing from now on; one that was revoked before keeps who did it and when.

    Raises:
        KeyNotFound: There is none.
    """
    of_it = (ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    session.execute(update(ApiKey).where(*of_it).values(revoked_at=now, revoked_by=author))
    session.expire_all()
    return key_by_id(session, key_id)


def is_noted(key: ApiKey, now: datetime) -> bool:
    """Tell whether the use of a key was noted a moment ago."""
    return key.last_used_at is not None and now - key.last_used_at < NOTED_EVERY


def note_used(session: Session, key_id: int, now: datetime) -> None:
    """Note that a key was used; of several who do so at once, the latest counts."""
    is_older = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, is_older).values(last_used_at=now))


def has_any(session: Session) -> bool:
    """Tell whether a key was ever made."""
    return bool(session.scalar(select(func.count()).select_from(ApiKey)))
