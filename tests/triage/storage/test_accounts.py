"""Accounts in the database: by name, who polls them, how that goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.make import NOW, accept, make_intake, raw_message
from tests.triage.imap.make import imap_account
from triage.errors import AccountNotFound, InvalidAccount
from triage.imap.stored import add_account
from triage.storage import accounts, exchanges
from triage.storage.tables import Email, Exchange, Folder, Location

GOES_WITH_IT = (Folder, Location, Exchange)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def account_id(database):
    """An account that nobody polls."""
    return added(database, "support")


def added(database, name, **values):
    with database.unit_of_work() as session:
        return add_account(session, imap_account(name=name, **values), b"encrypted", NOW).id


def taken(database, account_id, owner, now, length=MINUTE):
    with database.unit_of_work() as session:
        return accounts.lease(session, account_id, owner, now, length)


def row(database, account_id):
    with database.reading() as session:
        return accounts.by_id(session, account_id).account


def test_accounts_are_listed_by_name(database):
    """All of them, whichever was added first; one that is not there is an error that names it."""
    added(database, "b", mailbox="two")
    added(database, "a")

    with database.reading() as session:
        listed = [(one.account.name, one.mailbox) for one in accounts.all_accounts(session)]
        with pytest.raises(AccountNotFound, match="no account c"):
            accounts.by_name(session, "c")
    assert listed == [("a", "main"), ("b", "two")]


def test_name_is_given_once(database, account_id):
    """A second account of the same name is refused, and the first stays as it is."""
    with pytest.raises(InvalidAccount, match="already an account support"):
        added(database, "support", host="other.example")

    assert row(database, account_id).host == "mail.example.com"


def test_removed_account_leaves_its_emails(database, redis, account_id):
    """Folders, locations and what passed with its server go with the account; what was read stays in the inbox."""
    (receipt,) = accept(make_intake(database, redis), raw_message())
    with database.unit_of_work() as session:
        folder = Folder(account_id=account_id, name="INBOX", uidvalidity=1, first_uid=1, last_uid=1)
        session.add(folder)
        session.flush()
        session.add(Location(folder_id=folder.id, uid=1, email_id=receipt.email_id))
        exchanges.note_told_band(session, account_id, [receipt.email_id], "high")

    with database.unit_of_work() as session:
        accounts.remove(session, account_id)

    with database.reading() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in GOES_WITH_IT] == [0, 0, 0]
        assert session.scalar(select(Email.id)) == receipt.email_id
        assert accounts.by_id(session, account_id) is None


def test_lease_has_one_owner(database, account_id):
    """Another gets it only after it ran out or was given back; its owner may extend it."""
    assert taken(database, account_id, "a", NOW)
    assert not taken(database, account_id, "b", NOW + 0.9 * MINUTE)
    assert taken(database, account_id, "a", NOW + 0.9 * MINUTE)
    assert not taken(database, account_id, "b", NOW + 1.8 * MINUTE)
    assert taken(database, account_id, "b", NOW + 1.9 * MINUTE)
    assert not taken(database, account_id, "a", NOW + 1.9 * MINUTE)

    with database.unit_of_work() as session:
        accounts.release(session, account_id, "a")
    assert not taken(database, account_id, "a", NOW + 2 * MINUTE)
    with database.unit_of_work() as session:
        accounts.release(session, account_id, "b")
    assert taken(database, account_id, "a", NOW + 2 * MINUTE)


def test_lease_from_before_the_clock_was_set_back_may_be_taken(database, account_id):
    """An hour back does not stop polling for an hour (A-15); a clock that is a little ahead of ours takes nothing."""
    assert taken(database, account_id, "ahead", NOW + timedelta(seconds=5))
    assert not taken(database, account_id, "b", NOW)

    assert taken(database, account_id, "b", NOW - timedelta(hours=1))


def test_two_that_want_an_account_at_once_do_not_both_get_it(database, account_id):
    """Of eight that ask at the same time one gets the lease."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: taken(database, account_id, f"owner-{n}", NOW), range(8)))

    assert sum(answers) == 1


def test_problem_is_dated_from_the_first_of_several_until_a_poll_succeeds(database, account_id):
    """Since when it fails is what a person asks; a poll to the end clears both."""

    def note(what, *arguments):
        with database.unit_of_work() as session:
            what(session, account_id, *arguments)
        return row(database, account_id)

    note(accounts.note_tried, NOW)
    note(accounts.note_problem, "refused", NOW)
    later = note(accounts.note_problem, "unknown", NOW + MINUTE)
    assert (later.problem, later.problem_since, later.tried_at) == ("unknown", NOW, NOW)

    connected = note(accounts.note_connected, NOW + MINUTE)
    polled = note(accounts.note_polled, NOW + 2 * MINUTE)
    assert connected.connected_at == NOW + MINUTE
    assert (polled.problem, polled.problem_since, polled.polled_at) == ("", None, NOW + 2 * MINUTE)
    assert note(accounts.note_connected, None).connected_at is None

    for minutes in (3, 4):
        half = note(accounts.note_polled, NOW + minutes * MINUTE, "no folder Kundne")
    assert (half.problem, half.problem_since) == ("no folder Kundne", NOW + 3 * MINUTE)
    assert half.polled_at == NOW + 4 * MINUTE


def test_note_of_an_account_that_was_removed_does_nothing(database, account_id):
    """Whoever polls it may not know yet."""
    with database.unit_of_work() as session:
        accounts.remove(session, account_id)

    assert not taken(database, account_id, "a", NOW)
    with database.unit_of_work() as session:
        accounts.note_polled(session, account_id, NOW)
        accounts.store_secret(session, account_id, b"new")
        assert accounts.secret_of(session, account_id) is None
