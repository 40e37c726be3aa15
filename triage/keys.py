"""What a person does with keys: make one, and make one good for nothing; the trail of changes tells of both."""

from datetime import datetime

from sqlalchemy.orm import Session

from triage.access import Grant, in_order
from triage.audit import note
from triage.storage import keys
from triage.storage.keys import NewKey
from triage.storage.tables import ApiKey


def create(session: Session, grant: Grant, *, author: str, now: datetime) -> NewKey:
    """Make a key.

    Raises:
        InvalidKeyOrder: It could be used for nothing.
    """
    made = keys.create(session, grant, author=author, now=now)
    reach = None if grant.mailboxes is None else sorted(set(grant.mailboxes))
    note(session, "key.created", f"key {made.id}", name=grant.name, scopes=in_order(grant.scopes), mailboxes=reach)
    return made


def revoke(session: Session, key_id: int, *, author: str, now: datetime) -> ApiKey:
    """Make a key good for nothing from now on. Safe to repeat.

    Raises:
        KeyNotFound: There is none.
    """
    was_good = keys.key_by_id(session, key_id).revoked_at is None
    revoked = keys.revoke(session, key_id, author=author, now=now)
    if was_good:
        note(session, "key.revoked", f"key {key_id}")
    return revoked
