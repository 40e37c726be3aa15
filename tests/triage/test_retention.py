"""Mail is kept as long as it may be, and then it is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage import retention
from triage.classify import classify
from triage.errors import MailboxNotFound
from triage.feedback import label
from triage.intake import Outcome
from triage.ranking import Statement
from triage.retention import Periods, Purged, keep, kept_by_mailbox, purge
from triage.storage.tables import Email, Image, Label, Message, Tombstone, Verdict

DAY = timedelta(days=1)
SECRET = "Wolkenkuckucksheim"


@pytest.fixture
def intake(database, redis):
    return make_intake(database, redis)


def stored(intake, database, number=1, *, mailbox="main", now=NOW):
    """An email that was read, with its secret everywhere."""
    raw = raw_message(f"{SECRET} {number}", f"{SECRET} in a text, {number}", sender=f"{SECRET} <{SECRET}@example.org>")
    (receipt,) = accept(intake, raw, mailbox=mailbox, now=now)
    with database.unit_of_work() as session:
        classify(session, [receipt.email_id], FakeTextModel(), POLICY, now)
    return receipt.email_id


def says(database, email_id):
    """All columns that may hold what people wrote."""
    with database.reading() as session:
        email, message = session.get(Email, email_id), session.get(Message, email_id)
        verdicts = session.scalars(select(Verdict).where(Verdict.email_id == email_id)).all()
        told = (email.sender_name, email.sender_address, email.recipients, email.subject, email.snippet)
        return repr((*told, email.message_id, email.reasons, message.text, message.quoted_text, message.raw)) + repr(
            [(verdict.reasons, verdict.representation) for verdict in verdicts]
        )


def count(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_without_periods_everything_stays(database, intake):
    """For ever is the default."""
    stored(intake, database)

    assert purge(database, Periods(), NOW + 10_000 * DAY) == Purged()


def test_bytes_go_first_and_the_text_stays(database, intake):
    """After its days the bytes are gone; what is younger keeps them."""
    old, young = stored(intake, database, 1), stored(intake, database, 2, now=NOW + 5 * DAY)

    assert purge(database, Periods(raw=7), NOW + 8 * DAY) == Purged(raw=1)
    assert purge(database, Periods(raw=7), NOW + 8 * DAY) == Purged()

    with database.reading() as session:
        assert session.get(Message, old).raw == b""
        assert SECRET in session.get(Message, old).text
        assert SECRET.encode() in session.get(Message, young).raw


def test_of_mail_whose_text_is_gone_nothing_that_people_wrote_is_left(database, intake):
    """Sender, subject, text, passages and what was learned from; it is off the inbox and unlabelled, and counts."""
    email_id = stored(intake, database)
    assert SECRET in says(database, email_id)
    with database.unit_of_work() as session:
        label(session, [email_id], Statement(topic="billing"), source="human", author="jo", now=NOW, policy=POLICY)

    assert purge(database, Periods(text=30), NOW + 31 * DAY) == Purged(text=1)

    assert SECRET not in says(database, email_id)
    with database.reading() as session:
        assert session.get(Email, email_id).handled_at is not None
        assert session.scalar(select(Verdict.representation)) is None
    assert (count(database, Email), count(database, Label)) == (1, 0)


def test_mail_that_is_gone_is_never_taken_in_again(database, intake):
    """A digest of its bytes is left, so a mail server that still has the message does not bring it back."""
    stored(intake, database)

    assert purge(database, Periods(all=30), NOW + 31 * DAY) == Purged(all=1)

    assert [count(database, table) for table in (Email, Message, Verdict, Tombstone)] == [0, 0, 0, 1]
    raw = raw_message(f"{SECRET} 1", f"{SECRET} in a text, 1", sender=f"{SECRET} <{SECRET}@example.org>")
    (again,) = accept(intake, raw, now=NOW + 32 * DAY)
    assert again.outcome is Outcome.REFUSED


def test_a_mailbox_has_times_of_its_own(database, intake):
    """What is set for one counts there alone, and `None` is the default again."""
    stored(intake, database, mailbox="main")
    stored(intake, database, mailbox="hr")
    with database.unit_of_work() as session:
        keep(session, "hr", {"all": 3}, "jo", NOW)
        keep(session, "main", {"all": 0}, "jo", NOW)

    purged = purge(database, Periods(all=5), NOW + 9 * DAY)
    with database.reading() as session:
        kept = {one.mailbox: (one.periods.all, one.own["all"]) for one in kept_by_mailbox(session, Periods(all=5))}

    assert purged == Purged(all=1)
    assert kept == {"hr": (3, 3), "main": (0, 0)}
    with database.unit_of_work() as session:
        keep(session, "main", {"all": None}, "jo", NOW)
    assert purge(database, Periods(all=5), NOW + 9 * DAY) == Purged(all=1)
    with database.unit_of_work() as session, pytest.raises(MailboxNotFound):
        keep(session, "nobody", {"all": 1}, "jo", NOW)


def test_purging_goes_on_where_it_was_stopped(database, intake, monkeypatch):
    """In batches, each for itself: what one call leaves the next one finds, and none twice."""
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 1)
    for number in range(5):
        stored(intake, database, number)

    purged = [purge(database, Periods(text=1), NOW + 2 * DAY).text for _ in range(4)]

    assert purged == [2, 2, 1, 0]


def test_the_file_of_the_database_holds_nothing_of_what_is_gone(database, intake, tmp_path):
    """SQLite: the bytes are overwritten, in the file and in its log."""
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL uses the room anew after it has vacuumed")
    for number in range(30):
        stored(intake, database, number)
    files = list(tmp_path.glob("triage.sqlite3*"))
    assert SECRET.encode() in b"".join(file.read_bytes() for file in files)

    purge(database, Periods(text=1), NOW + 2 * DAY)

    assert SECRET.encode() not in b"".join(file.read_bytes() for file in tmp_path.glob("triage.sqlite3*"))
    assert count(database, Image) == 0
