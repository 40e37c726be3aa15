"""What a person does in their mail program counts as a label when an account asks for it."""

import pytest
from sqlalchemy import select

from tests.triage.imap.conftest import NOW, mail
from triage.errors import UnknownTopic
from triage.feedback import label
from triage.imap.client_labels import learn_from_flags, learn_from_moves
from triage.labels import Urgency
from triage.ranking import Statement
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
