"""What a person does in their mail program counts as a label when an account asks for it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.triage.imap.conftest import NOW, mail
from triage.errors import UnknownTopic
from triage.feedback import label
from triage.imap.client_labels import learn_from_flags, learn_from_moves
from triage.imap.lease import Ended
from triage.labels import Urgency
from triage.ranking import Statement
from triage.storage import folders
from triage.storage.labels import labels_in_force
from triage.storage.tables import Email, Label


def said(database):
    """Return what is in force, by the subject of the email: topic, urgency, source and author."""
    with database.reading() as session:
        subjects = dict(session.execute(select(Email.id, Email.subject)).all())
        in_force = labels_in_force(session, list(subjects))
        return {
            subjects[email_id]: {
                head: (getattr(one, head), one.source, one.author) for head, one in labels.by_head.items()
            }
            for email_id, labels in in_force.items()
        }


@pytest.fixture
def three(mail_user, door, poll, log_in):
    for number in range(3):
        mail_user.deliver(mail(number, message_id=f"<{number}@example.org>" if number else None))
    mail_user.deliver(mail(9), folder="Rechnungen")
    learn_from_moves(log_in(door), door, "Rechnungen", "billing")
    poll(door)


def test_move_into_a_folder_is_a_label(three, mail_user, door, log_in, database):
    """An email that was moved has the folder's topic, with a Message-ID or without; what lay there before has none."""
    first, second, _ = mail_user.uids()
    mail_user.move("INBOX", first, "Rechnungen")
    mail_user.move("INBOX", second, "Rechnungen")

    counts = [learn_from_moves(log_in(door), door, "Rechnungen", "billing") for _ in range(2)]

    assert counts == [2, 0]
    billing = {"topic": ("billing", "client", "support")}
    assert said(database) == {"Question 0": billing, "Question 1": billing}


def test_mail_that_comes_into_the_folder_by_itself_is_no_label(three, mail_user, door, log_in, database, stored):
    """What a rule of the server delivers there was moved by nobody, and the folder is not one that is read."""
    mail_user.deliver(mail(5), folder="Rechnungen")

    count = learn_from_moves(log_in(door), door, "Rechnungen", "billing")

    assert count == 0
    assert said(database) == {}
    assert mail(5) not in stored()


def test_unknown_topic_is_said_and_the_move_waits(three, mail_user, door, log_in, database):
    """A folder for a topic that the mailbox lacks labels nothing; once the topic is there the move counts."""
    mail_user.move("INBOX", mail_user.uids()[0], "Rechnungen")

    with pytest.raises(UnknownTopic):
        learn_from_moves(log_in(door), door, "Rechnungen", "Rechnung")
    later = learn_from_moves(log_in(door), door, "Rechnungen", "billing")

    assert later == 1


def test_flag_is_a_label_once(three, mail_user, door, log_in, database):
    """A flag counts when it is set; a person who says otherwise later, here, is not overruled by it."""
    mail_user.set_flags("INBOX", mail_user.uids()[1], ["\\Flagged"])
    counts = [learn_from_flags(log_in(door), door, "INBOX", "\\Flagged", Urgency.HIGH) for _ in range(2)]
    first = said(database)
    with database.unit_of_work() as session:
        email_id = session.scalar(select(Email.id).where(Email.subject == "Question 1"))
        policy = door.intake.policy
        label(session, [email_id], Statement(urgency=Urgency.LOW), source="human", author="Ada", now=NOW, policy=policy)

    counts.append(learn_from_flags(log_in(door), door, "INBOX", "\\Flagged", Urgency.HIGH))

    assert counts == [1, 0, 0]
    assert first == {"Question 1": {"urgency": ("high", "client", "support")}}
    assert said(database) == {"Question 1": {"urgency": ("low", "human", "Ada")}}
    with database.reading() as session:
        assert len(session.scalars(select(Label)).all()) == 2


def test_flag_counts_once_whatever_number_its_message_has(three, mail_user, door, poll, log_in, database):
    """After the folder was renumbered, and in another folder that is read, a flag that merely stays says nothing."""
    mail_user.set_flags("INBOX", mail_user.uids()[1], ["\\Flagged"])
    counts = [learn_from_flags(log_in(door), door, "INBOX", "\\Flagged", Urgency.HIGH)]

    mail_user.bump_uidvalidity()
    poll(door)
    counts.append(learn_from_flags(log_in(door), door, "INBOX", "\\Flagged", Urgency.HIGH))
    (flagged,) = [uid for uid in mail_user.uids() if "\\Flagged" in mail_user.flags("INBOX", uid)]
    mail_user.move("INBOX", flagged, "Team")
    poll(door, "Team")
    counts.append(learn_from_flags(log_in(door), door, "Team", "\\Flagged", Urgency.HIGH))

    assert counts == [1, 0, 0]


def test_flags_under_void_numbers_say_nothing(three, door, database):
    """UIDs of before a folder was renumbered are those of no email."""
    with database.reading() as session:
        known = folders.folder_of(session, door.account.id, "INBOX")
        before = folders.emails_at(session, known.id, known.uidvalidity, [1, 2, 3])
        after = folders.emails_at(session, known.id, known.uidvalidity + 1, [1, 2, 3])

    assert len(before) == 3
    assert after == []


@pytest.mark.parametrize(
    "message_id",
    [
        "\r\n <folded@example.org>",
        "bare@example.org",
        f"<{'long' * 200}@example.org>",
        "<one@example.org> (a comment)",
        "<größe@example.org>",
    ],
)
def test_move_counts_however_the_message_id_is_written(three, mail_user, door, poll, log_in, message_id):
    """Message-IDs are compared as intake keeps them: unfolded, in brackets, and cut when they are too long."""
    mail_user.deliver(mail(7, message_id=message_id))
    poll(door)
    mail_user.move("INBOX", mail_user.uids()[-1], "Rechnungen")

    assert learn_from_moves(log_in(door), door, "Rechnungen", "billing") == 1


def test_unknown_topic_is_said_before_anything_is_asked_of_the_server(door, log_in):
    """A typo in a topic costs no download at every look: the folder is not even opened."""
    with pytest.raises(UnknownTopic):
        learn_from_moves(log_in(door), door, "No such folder", "Rechnung")


def test_long_learning_says_that_it_lives(three, mail_user, door, log_in, database):
    """The lease is kept between batches; who lost it goes on later from what was noted."""
    mail_user.move("INBOX", mail_user.uids()[0], "Rechnungen")
    mail_user.set_flags("INBOX", mail_user.uids()[0], ["\\Flagged"])

    def keep():
        raise Ended

    with pytest.raises(Ended):
        learn_from_moves(log_in(door), door, "Rechnungen", "billing", keep=keep)
    assert learn_from_moves(log_in(door), door, "Rechnungen", "billing") == 1
    with pytest.raises(Ended):
        learn_from_flags(log_in(door), door, "INBOX", "\\Flagged", Urgency.HIGH, keep=keep)

    assert len(said(database)) == 2


def test_next_number_that_is_overstated_hides_no_move(three, mail_user, door, log_in):
    """A server that names a next UID far too high is asked once, and what is moved there later is found as well."""

    class Overstating:
        searches = 0

        def __init__(self, server):
            self._server = server

        def __getattr__(self, name):
            return getattr(self._server, name)

        def open(self, folder):
            return replace(self._server.open(folder), uid_next=2**32)

        def uids(self, first, last):
            self.searches += 1
            return self._server.uids(first, last)

    mail_user.move("INBOX", mail_user.uids()[0], "Rechnungen")
    server = Overstating(log_in(door))
    counts = [learn_from_moves(server, door, "Rechnungen", "billing")]
    mail_user.move("INBOX", mail_user.uids()[0], "Rechnungen")
    counts.append(learn_from_moves(server, door, "Rechnungen", "billing"))

    assert counts == [1, 1]
    assert server.searches == 2
