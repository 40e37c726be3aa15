"""What we made of an email is told to the server when an account asks for it, and not otherwise."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from tests.triage.imap.conftest import mail
from triage.errors import MailServerUnavailable
from triage.imap.account import WriteBack, WriteBackBy
from triage.imap.lease import Ended
from triage.imap.write_back import tell_bands
from triage.labels import Band
from triage.storage.tables import Email, Exchange, Location
from triage.storage.written import is_verdict_untold, note_told, untold

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
        session.execute(delete(Exchange))

    again = tell_bands(log_in(door), door, MOVES)

    assert again == 3
    assert mail_user.messages("INBOX") == [mail(1)]
    assert mail_user.messages("Dringend/Sofort") == [mail(0), mail(2)]


def test_moved_once_and_then_left_where_a_person_puts_it(three, mail_user, door, poll, log_in, database, stored):
    """An email that a person moves back, or whose band changes later, is not moved again, and comes in only once."""
    give_verdicts(database, "critical", "normal", "normal")
    tell_bands(log_in(door), door, MOVES)
    mail_user.move("Dringend/Sofort", mail_user.uids("Dringend/Sofort")[0], "INBOX")
    poll(door)
    moved = tell_bands(log_in(door), door, MOVES)

    give_verdicts(database, "critical", "critical", "normal")
    tell_bands(log_in(door), door, MOVES)

    assert moved == 0
    assert sorted(mail_user.messages("INBOX")) == sorted([mail(0), mail(1), mail(2)])
    assert len(stored()) == 3


@pytest.mark.parametrize("write_back", [KEYWORDS, MOVES])
def test_renumbered_folder_is_told_nothing_anew(three, mail_user, door, poll, log_in, database, write_back):
    """After everything has new UIDs, what a person changed of what we told stays as they left it."""
    give_verdicts(database, "critical", "normal", "critical")
    tell_bands(log_in(door), door, write_back)
    for uid in mail_user.uids("Dringend/Sofort") if write_back is MOVES else []:
        mail_user.move("Dringend/Sofort", uid, "INBOX")
    for uid in mail_user.uids():
        mail_user.set_flags("INBOX", uid, [])
    mail_user.bump_uidvalidity()
    poll(door)

    told = tell_bands(log_in(door), door, write_back)

    assert told == 0
    assert flags(mail_user) == [set(), set(), set()]


def test_keyword_of_a_moved_email_follows_its_band(three, mail_user, door, poll, log_in, database):
    """Under its new UID as well, the keyword that was set under the old one is taken off."""
    give_verdicts(database, "critical", "normal", "normal")
    tell_bands(log_in(door), door, KEYWORDS)
    mail_user.bump_uidvalidity()
    poll(door)

    give_verdicts(database, "high", "normal", "normal")
    tell_bands(log_in(door), door, KEYWORDS)

    assert flags(mail_user) == [{"triage-high"}, set(), set()]


def test_folder_renumbered_before_it_is_told_is_read_anew_first(three, mail_user, door, poll, log_in, database):
    """Nothing is noted of what the server was not told; after the next look it is told under the new UIDs."""
    give_verdicts(database, "critical", "normal", "normal")
    mail_user.bump_uidvalidity()
    with pytest.raises(MailServerUnavailable, match="renumbered"):
        tell_bands(log_in(door), door, KEYWORDS)

    poll(door)
    tell_bands(log_in(door), door, KEYWORDS)

    assert sorted(flags(mail_user), key=len) == [set(), set(), {"triage-critical"}]


def test_band_noted_late_is_not_noted_of_another_message(three, mail_user, door, poll, log_in, database):
    """What was told under void UIDs is noted of its email, and not of the message that has its UID now."""
    give_verdicts(database, "critical", "normal", "normal")
    with database.reading() as session:
        first = next(one for one in untold(session, door.account.id, limit=10) if one.band == "critical")
    mail_user.bump_uidvalidity()
    poll(door)
    with database.unit_of_work() as session:
        # So that the UID of one names another now.
        session.execute(update(Location).values(email_id=first.email_id + 1))
        note_told(session, door.account.id, [replace(first, uid=session.scalars(select(Location.uid)).first())])

    with database.reading() as session:
        assert session.scalars(select(Location.written_band)).all() == [None, None, None]
        assert session.execute(select(Exchange.email_id, Exchange.told_band)).all() == [(first.email_id, "critical")]


def test_long_telling_says_that_it_lives_and_ends_when_told(three, door, log_in, database):
    """The lease is kept between two bands; who lost it tells no more."""
    give_verdicts(database, "critical", "normal", "high")

    def keep():
        raise Ended

    with pytest.raises(Ended):
        tell_bands(log_in(door), door, KEYWORDS, keep=keep)

    with database.reading() as session:
        assert len(untold(session, door.account.id, limit=10)) == 2


def test_between_looks_only_new_verdicts_are_asked_for(three, door, log_in, database):
    """A band that changed waits for the next look: however much was told before, asking costs next to nothing."""

    def is_asked_for():
        with database.reading() as session:
            return is_verdict_untold(session, door.account.id)

    waiting = is_asked_for()
    give_verdicts(database, "critical", "normal", "high")
    new = is_asked_for()
    tell_bands(log_in(door), door, KEYWORDS)
    give_verdicts(database, "normal", "normal", "high")

    assert (waiting, new, is_asked_for()) == (False, True, False)
    assert tell_bands(log_in(door), door, KEYWORDS) == 1
