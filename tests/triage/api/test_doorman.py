"""What a web process remembers of keys, and for how long."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from starlette.datastructures import Headers

from tests.keys import bearing, make_key
from triage.access import Grant, Scope
from triage.api import doorman as module
from triage.api.doorman import Doorman
from triage.api.wrong_keys import WrongKeys
from triage.errors import InvalidKeyOrder, NotLetIn, StorageUnavailable
from triage.settings import sqlite_url
from triage.storage import keys
from triage.storage.session import Database
from triage.storage.tables import ApiKey


@pytest.fixture
def database(data):
    """A migrated database on SQLite."""
    made = Database(sqlite_url(data))
    yield made
    made.close()


@pytest.fixture
def doorman(database):
    """One of a web process."""
    made = Doorman(database, is_open=False, cookie="session", wrong_keys=WrongKeys(100))
    yield made
    made.close()


def let_in(doorman, key):
    """What a request with a key may do."""
    return asyncio.run(doorman.access(Headers(bearing(key)), "GET", "10.0.0.1"))


def revoke_all(database):
    with database.unit_of_work() as session:
        session.execute(update(ApiKey).values(revoked_at=datetime.now(UTC)))


def test_revoked_key_is_refused_once_what_was_known_of_it_is_old(database, doorman, monkeypatch):
    """It is remembered for seconds, and no longer."""
    key = make_key(database, Scope.READ)
    let_in(doorman, key)
    revoke_all(database)

    assert let_in(doorman, key).scopes == {Scope.READ}
    monkeypatch.setattr(module, "monotonic", lambda: 10**9)
    with pytest.raises(NotLetIn):
        let_in(doorman, key)


def test_key_that_was_known_is_good_while_the_database_is_away(database, doorman, monkeypatch):
    """Nobody can revoke one meanwhile; one that was never seen cannot be looked up."""
    key, unseen = make_key(database), make_key(database)
    let_in(doorman, key)
    monkeypatch.setattr(module, "REMEMBERED_SECONDS", -1)
    let_in(doorman, key)

    doorman._database = Database("postgresql://nobody@/none?host=/nowhere")

    assert let_in(doorman, key).may(Scope.ADMIN)
    with pytest.raises(StorageUnavailable):
        let_in(doorman, unseen)


def test_key_that_expired_is_refused(database, doorman):
    """Its time is looked at whenever it is looked up."""
    key = make_key(database)
    with database.unit_of_work() as session:
        session.execute(update(ApiKey).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    with pytest.raises(NotLetIn):
        let_in(doorman, key)


def test_use_of_a_key_is_noted_once_a_minute(database, doorman):
    """Not with every request: the note costs a transaction that writes."""
    key = make_key(database)

    for _ in range(3):
        let_in(doorman, key)
        doorman.forget()
    doorman.close()

    with database.reading() as session:
        used_at = keys.key_by_id(session, 1).last_used_at
    assert abs(datetime.now(UTC) - used_at) < timedelta(minutes=1)
    with database.unit_of_work() as session:
        assert keys.is_noted(keys.key_by_id(session, 1), datetime.now(UTC))


@pytest.mark.parametrize("told", ["Bearer", "Bearer ", "Basic x", "", "Bearer \udce9", "Bearer " + "x" * 10_000])
def test_header_that_holds_no_key_is_refused(doorman, told):
    """Whatever it says, the answer is that it is no key."""
    headers = Headers(raw=[(b"authorization", told.encode("latin-1", "replace"))])

    with pytest.raises(NotLetIn):
        asyncio.run(doorman.access(headers, "GET", "10.0.0.1"))


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"mailboxes": []}, {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_key_that_could_do_nothing_is_not_made(database, wrong):
    """An empty list of mailboxes is no mistake for all of them."""
    grant = Grant(**{"name": "x", "scopes": [Scope.READ], **wrong})

    with pytest.raises(InvalidKeyOrder), database.unit_of_work() as session:
        keys.create(session, grant, author="t", now=datetime.now(UTC))
