"""What several do at once with the mail of an account: nobody waits in a circle, and what is gone is no fault."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from sqlalchemy import select, text

from tests.make import NOW, POLICY, accept, make_intake, raw_message
from tests.triage.imap.make import imap_account
from triage.errors import AccountNotFound
from triage.feedback import label
from triage.handle import delete, delete_all
from triage.imap.stored import add_account
from triage.labels import Urgency
from triage.ranking import Statement
from triage.storage import accounts, emails, exchanges, folders
from triage.storage.tables import Email, Exchange, Location
from triage.storage.written import note_told, untold


@pytest.fixture
def account_id(database):
    with database.unit_of_work() as session:
        return add_account(session, imap_account(), b"encrypted", NOW).id


@pytest.fixture
def three(database, redis):
    """The numbers of three emails."""
    raws = [raw_message(f"Question {number}") for number in range(3)]
    return [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]


@pytest.fixture
def folder_id(database, account_id, three):
    """A folder whose messages 1 to 3 are the three emails."""
    with database.unit_of_work() as session:
        folder = folders.begin_folder(session, account_id, "INBOX", uidvalidity=1, first_uid=1, last_uid=0)
        folders.note_known(session, folder.id, 1, dict(enumerate(three, start=1)))
        return folder.id


@pytest.fixture
def beside(database):
    """Do something in a transaction of its own beside ours, which is on its way when this returns."""
    pool = ThreadPoolExecutor(1)

    def done(what, *values):
        with database.unit_of_work() as session:
            what(session, *values)

    def begun(what, *values):
        promise = pool.submit(done, what, *values)
        until = monotonic() + 20
        while not promise.done() and not _waits(database) and monotonic() < until:
            sleep(0.01)
        return promise

    yield begun
    pool.shutdown()


def _waits(database):
    if database.engine.dialect.name == "sqlite":
        return True  # it does, for its turn to write
    with database.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar() > 0


def test_email_deleted_while_its_flag_is_learned(database, account_id, folder_id, three, beside):
    """Whoever notes a flag and then labels does not wait in a circle with who deletes the email."""
    with database.unit_of_work() as session:
        flagged = folders.emails_at(session, folder_id, 1, [1])
        new = exchanges.note_flag(session, account_id, flagged, "\\Flagged")
        deletion = beside(delete, three[0], NOW)
        label(session, new, Statement(urgency=Urgency.HIGH), source="client", author="a", now=NOW, policy=POLICY)

    deletion.result()
    with database.reading() as session:
        assert three[0] not in session.scalars(select(Email.id)).all()
        assert session.scalars(select(Exchange.email_id)).all() == []


def test_emails_deleted_in_whatever_order_they_are_named(database, three, beside):
    """Emails are locked in the order of their numbers, also by who deletes some of them."""
    with database.unit_of_work() as session:
        emails.lock(session, three[:1])
        deletion = beside(delete_all, [three[2], three[1], three[0]], NOW)
        emails.lock(session, three[1:])

    deletion.result()
    with database.reading() as session:
        assert session.scalars(select(Email.id)).all() == []


def test_emails_deleted_while_they_are_noted_as_known(database, folder_id, three, beside):
    """Messages in the reverse order of their emails are noted while these are deleted, and nobody gives way."""
    with database.unit_of_work() as session:
        emails.lock(session, three[:1])
        noting = beside(folders.note_known, folder_id, 1, dict(enumerate(reversed(three), start=10)))
        delete_all(session, three, NOW)

    noting.result()
    with database.reading() as session:
        noted = select(Location.email_id).where(Location.uid >= 10)
        assert session.scalars(noted).all() == [None, None, None]


def test_email_that_was_deleted_before_it_is_noted_is_known_by_its_uid(database, folder_id, three):
    """Its message is not fetched again, and nothing is reported as a fault."""
    with database.unit_of_work() as session:
        delete(session, three[0], NOW)

    with database.unit_of_work() as session:
        assert folders.note_known(session, folder_id, 1, {11: three[0], 12: three[1]})

    with database.reading() as session:
        noted = session.execute(select(Location.uid, Location.email_id).where(Location.uid > 10)).all()
        assert noted == [(11, None), (12, three[1])]


def test_account_that_was_removed_meanwhile_is_said_to_be_gone(database, account_id, folder_id, three):
    """A folder of it is not begun, which is no fault of ours; what passed with its server is noted nowhere."""
    with database.unit_of_work() as session:
        accounts.remove(session, account_id)

    with pytest.raises(AccountNotFound), database.unit_of_work() as session:
        folders.begin_folder(session, account_id, "Team", uidvalidity=1, first_uid=1, last_uid=0)
    with database.unit_of_work() as session:
        assert exchanges.note_flag(session, account_id, three, "\\Flagged") == []


def test_account_removed_while_its_server_is_told(database, account_id, folder_id, three, beside):
    """Whoever notes what was told does not wait in a circle with who removes the account."""
    with database.unit_of_work() as session:
        session.execute(text("UPDATE email SET state = 'read'"))
        exchanges.note_told_band(session, account_id, three[:1], "low")
    with database.unit_of_work() as session:
        told = untold(session, account_id, limit=10)
        emails.lock(session, three)
        removal = beside(accounts.remove, account_id)
        note_told(session, account_id, told)

    removal.result()
    with database.reading() as session:
        assert session.scalars(select(Exchange.email_id)).all() == []


def test_folder_begun_anew_by_two_forgets_once(database, account_id, folder_id, three):
    """Who comes second does not forget what the first has noted since."""
    with database.unit_of_work() as session:
        folders.begin_folder(session, account_id, "INBOX", uidvalidity=2, first_uid=1, last_uid=0)
        folders.note_known(session, folder_id, 2, {7: three[0]})

    with database.unit_of_work() as session:
        begun = folders.begin_folder(session, account_id, "INBOX", uidvalidity=2, first_uid=1, last_uid=0)

    with database.reading() as session:
        assert (begun.id, begun.uidvalidity) == (folder_id, 2)
        assert session.execute(select(Location.uid, Location.email_id)).all() == [(7, three[0])]
