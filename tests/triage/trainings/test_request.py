"""A training is asked for, by whom and when."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.make import NOW
from tests.triage.trainings.conftest import Played, say
from triage.errors import MailboxNotFound
from triage.storage.tables import Training
from triage.trainings import Calendar, Cause, request, request_due, train_next

NIGHTLY = Calendar(after_labels=100, every=timedelta(days=1))


def ask(database, now=NOW, cause=Cause.PERSON):
    with database.unit_of_work() as session:
        made = request(session, "main", cause=cause, author="anna", now=now)
        return made.id, made.state, made.reason


def begin_due(database, now, calendar=NIGHTLY):
    with database.unit_of_work() as session:
        return request_due(session, calendar, now)


def test_of_a_mailbox_one_training_at_a_time(database, labelled):
    """Who asks meanwhile gets the one that is not finished."""
    assert ask(database) == ask(database)


def test_unknown_mailbox_is_said_so(database):
    """And no row is made."""
    with pytest.raises(MailboxNotFound), database.unit_of_work() as session:
        request(session, "nobody", cause=Cause.PERSON, author="anna", now=NOW)


def test_nothing_new_ends_at_once_and_reads_no_mail(database, labelled, workshop):
    """A-20: the row says so, and no statement looks at what emails say, nor at a single label."""
    first, _, _ = ask(database)
    train_next(database, workshop(Played(figures=[])))
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2].lower()))

    _, state, reason = ask(database, NOW + timedelta(hours=1))

    assert state == "skipped"
    assert reason == f"nothing new since training {first}, which was refused; label more mail"
    assert not [one for one in statements if "from message" in one or "from email" in one or "email.subject" in one]
    of_labels = [one for one in statements if "from label" in one]
    assert of_labels
    assert all("count(" in one for one in of_labels)


@pytest.mark.parametrize("change", ["label", "topic"])
def test_a_new_label_or_topic_is_something_new(database, labelled, workshop, change):
    """And the same labels after it was skipped are not."""
    ask(database)
    train_next(database, workshop(Played(figures=[])))
    assert ask(database)[1] == "skipped"
    if change == "label":
        say(database, labelled[:1], topic="account", now=NOW + timedelta(hours=1))
    else:
        from triage.feedback import add_topics

        with database.unit_of_work() as session:
            add_topics(session, "main", ["Parking"], NOW)

    assert ask(database)[1] == "queued"


def test_enough_labels_begin_a_training_and_so_does_time(database, labelled, workshop):
    """After a hundred labels; a day later if anything is new; never twice for the same."""
    first = begin_due(database, NOW)
    again = begin_due(database, NOW)
    train_next(database, workshop(Played(figures=[])))
    later = NOW + timedelta(days=2)
    unchanged = begin_due(database, later)
    say(database, labelled[:1], topic="account", now=later)
    by_time = begin_due(database, later)

    with database.reading() as session:
        causes = [session.get(Training, number).cause for number in [*first, *by_time]]
    assert (again, unchanged) == ([], [])
    assert causes == ["labels", "schedule"]


def test_a_schedule_that_is_switched_off_begins_nothing(database, labelled):
    """Zero labels and no time: only people begin trainings."""
    assert begin_due(database, NOW, Calendar(0, timedelta(0))) == []


def test_a_training_that_failed_is_not_begun_again_by_itself(database, labelled, workshop):
    """A-19: no loop of crashes; a person may ask again, and so may new labels."""
    ask(database)
    train_next(database, workshop(Played(75, problem="training held more than 100 MB of memory")))

    assert begin_due(database, NOW + timedelta(days=3)) == []
    assert ask(database)[1] == "queued"
