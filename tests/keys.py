"""Keys for tests."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from triage.access import Grant, Scope
from triage.storage import keys, logins
from triage.storage.session import Database


def make_key(database: Database, *scopes: Scope, mailboxes: Collection[str] | None = None) -> str:
    """Make a key, one of an administrator unless told otherwise."""
    with database.unit_of_work() as session:
        grant = Grant("test", scopes or (Scope.ADMIN,), mailboxes)
        return keys.create(session, grant, author="test", now=datetime.now(UTC)).secret


def begin_session(database: Database) -> str:
    """Begin a session of an administrator in a browser; return what its cookie holds."""
    with database.unit_of_work() as session:
        return logins.begin(session, datetime.now(UTC), life=timedelta(days=1))


def bearing(key: str) -> dict[str, str]:
    """Return the header that a key is sent in."""
    return {"Authorization": f"Bearer {key}"}
