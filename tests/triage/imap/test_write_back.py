"""What we made of an email is told to the server when an account asks for it, and not otherwise."""

import pytest
from sqlalchemy import select, update

from tests.triage.imap.conftest import mail
from triage.imap.account import WriteBack, WriteBackBy
from triage.imap.write_back import tell_bands
from triage.labels import Band
from triage.storage.tables import Email, Location

KEYWORDS = WriteBack(WriteBackBy.KEYWORD, {Band.CRITICAL: "triage-critical", Band.HIGH: "triage-high"})
MOVES = WriteBack(WriteBackBy.MOVE, {Band.CRITICAL: "Dringend/Sofort"})


def give_verdicts(database, *bands):
    """Give the emails their bands, in the order in which they were stored."""
    with database.unit_of_work() as session:
        ids = session.scalars(select(Email.id).order_by(Email.id)).all()
        for email_id, band in zip(ids, bands, strict=True):
            session.execute(update(Email).where(Email.id == email_id).values(state="read", band=band))


def flags(mail_user, folder="INBOX"):
    return [mail_user.flags(folder, uid) for uid in mail_user.uids(folder)]


@pytest.fixture
def three(mail_user, door, poll):
    for number in range(3):
        mail_user.deliver(mail(number))
    poll(door)


def test_keyword_follows_the_band(three, mail_user, door, log_in, database):
    """Each band that has a keyword gets it; when the band changes the keyword does."""
    give_verdicts(database, "critical", "normal", "high")
    tell_bands(log_in(door), door, KEYWORDS)
    first = flags(mail_user)

    give_verdicts(database, "normal", "critical", "high")
    tell_bands(log_in(door), door, KEYWORDS)

    assert first == [{"triage-critical"}, set(), {"triage-high"}]
    assert flags(mail_user) == [set(), {"triage-critical"}, {"triage-high"}]


def test_nothing_is_told_before_the_verdict(three, mail_user, door, log_in):
    """A-41: mail that waits for its verdict is left alone."""
    told = tell_bands(log_in(door), door, KEYWORDS)

    assert told == 0
    assert flags(mail_user) == [set(), set(), set()]


def test_telling_again_changes_nothing(three, mail_user, door, log_in, database):
    """Who is stopped after the server was told and before that was noted tells it again, to no effect."""
    give_verdicts(database, "critical", "normal", "critical")
    tell_bands(log_in(door), door, MOVES)
    with database.unit_of_work() as session:
        session.execute(update(Location).values(written_band=None))

    again = tell_bands(log_in(door), door, MOVES)

    assert again == 3
    assert mail_user.messages("INBOX") == [mail(1)]
    assert mail_user.messages("Dringend/Sofort") == [mail(0), mail(2)]


def test_moved_once_and_then_left_where_a_person_puts_it(three, mail_user, door, poll, log_in, database, stored):
    """An email whose band changes, or that a person moves back, is not moved again, and comes in only once."""
    give_verdicts(database, "critical", "normal", "normal")
    tell_bands(log_in(door), door, MOVES)
    mail_user.move("Dringend/Sofort", mail_user.uids("Dringend/Sofort")[0], "INBOX")
    poll(door)

    give_verdicts(database, "high", "critical", "normal")
    tell_bands(log_in(door), door, MOVES)

    assert sorted(mail_user.messages("INBOX")) == sorted([mail(0), mail(1), mail(2)])
    assert len(stored()) == 3
