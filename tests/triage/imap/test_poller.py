"""Accounts are followed as they come, change and go, and none is asked more often than it may be."""

import threading
import time
from datetime import UTC, datetime

import pytest

from tests.system.conftest import until
from tests.triage.imap.conftest import mail
from tests.triage.imap.make import imap_account
from tests.triage.imap.oauth import VAULT, consented_account
from triage.errors import StorageFault
from triage.imap import poller as polling
from triage.imap.account import Security
from triage.imap.accounts import Accounts
from triage.imap.poller import Poller
from triage.storage import accounts as stored_accounts


@pytest.fixture
def accounts(database):
    return Accounts(database, VAULT)


@pytest.fixture
def server(proxy, mail_user):
    """The settings that lead to the user's mail through the proxy."""
    return {"host": "127.0.0.1", "port": proxy.port, "security": Security.NONE, "username": mail_user.name}


@pytest.fixture
def poller(database, intake, accounts, monkeypatch):
    """A poller that runs until the test ends."""
    monkeypatch.setattr(polling, "LOOKS_FOR_ACCOUNTS_EVERY_SECONDS", 0.1)
    made = Poller(
        database, intake, found=accounts.with_generations, shown=accounts.shown, clock=lambda: datetime.now(UTC)
    )
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    yield made
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def row(database, name="support"):
    with database.reading() as session:
        return stored_accounts.by_name(session, name).account


def test_accounts_are_followed_as_they_come_change_and_go(accounts, server, poller, proxy, database, mail_user, stored):
    """A new one is read, a changed one is read as it is now, and one that was removed is left alone."""
    mail_user.deliver(mail(1))
    mail_user.deliver(mail(2), folder="Kunden")
    account = accounts.add(imap_account(**server), {"password": mail_user.password}, datetime.now(UTC), insecure=True)
    until(lambda: len(stored()) == 1, 60)
    first = row(database).owner

    with database.unit_of_work() as session:
        stored_accounts.change(session, account.id, folders=["INBOX", "Kunden"])
    until(lambda: len(stored()) == 2, 60)
    second = row(database).owner
    accounts.remove("support")
    until(lambda: poller._running == {}, 60)

    mail_user.deliver(mail(3))
    time.sleep(0.5)
    assert len(stored()) == 2
    assert None not in (first, second)
    assert first != second


def test_poller_outlives_a_database_that_refuses_it(accounts, server, poller, mail_user, stored):
    """Accounts that cannot be listed just now are polled on as they are, and listed again later."""
    mail_user.deliver(mail(1))
    listed = poller.found
    refused = threading.Event()

    def refuses():
        refused.set()
        poller.found = listed
        raise StorageFault("the database refuses what we ask")

    poller.found = refuses
    refused.wait(30)
    accounts.add(imap_account(**server), {"password": mail_user.password}, datetime.now(UTC), insecure=True)

    until(lambda: len(stored()) == 1, 60)


def test_new_password_ends_the_wait(accounts, server, poller, database, mail_user, stored):
    """Who was refused waits, until a person gives another secret."""
    mail_user.deliver(mail(1))
    accounts.add(imap_account(**server), {"password": "wrong"}, datetime.now(UTC), insecure=True)
    until(lambda: "does not let us in" in row(database).problem, 60)

    accounts.change_secret("support", {"password": mail_user.password})

    until(lambda: len(stored()) == 1, 60)
    until(lambda: row(database).problem == "", 60)


def test_token_that_is_refused_is_renewed_once_and_then_waited_with(
    accounts, server, poller, proxy, database, identity_provider
):
    """A-29: that tokens are renewed is no reason to come back sooner; only what a person mends is."""
    proxy.faults.answer("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] not you", times=999)
    asked = len(identity_provider.asked_for)
    consented_account(accounts, identity_provider, now=datetime.now(UTC), **server)
    until(lambda: "does not let us in" in row(database).problem, 60)

    time.sleep(2)

    assert len(proxy.record.named("AUTHENTICATE")) == 2
    assert len(identity_provider.asked_for) - asked == 1


def test_watch_that_died_begins_anew_with_its_failures(accounts, server, poller, database, mail_user):
    """Whatever ends a thread, the account is polled on, and the next wait is no shorter than the last."""
    accounts.add(imap_account(**server), {"password": mail_user.password}, datetime.now(UTC), insecure=True)
    until(lambda: len(poller._running) == 1 and row(database).polled_at is not None, 60)
    (running,) = poller._running.values()
    running.watch.failures_in_a_row = 7

    running.watch.stop.set()  # nothing else ends it

    until(lambda: [one.watch for one in poller._running.values()] not in ([], [running.watch]), 60)
    (anew,) = poller._running.values()
    assert anew.watch.owner != running.watch.owner
    assert anew.thread.is_alive()
