"""Taking a label back keeps the history, and what was said before counts again."""

from datetime import timedelta

import pytest

from tests.make import NOW, POLICY
from tests.triage.feedback.conftest import place, said
from triage import feedback
from triage.errors import EmailNotFound, LabelNotFound
from triage.labels import Urgency
from triage.storage import labels

LATER = NOW + timedelta(days=1)


def undo(database, email_id, author="anna"):
    with database.unit_of_work() as session:
        return feedback.withdraw_last(session, email_id, author=author, now=LATER, policy=POLICY)


def test_undo_puts_the_email_back_where_its_verdict_put_it(database, ids, say, row):
    """Labelled and taken back, an email stands exactly where it stood."""
    before = [place(row(email_id)) for email_id in ids]
    say(ids, topic="billing", urgency=Urgency.CRITICAL)

    for email_id in ids:
        undo(database, email_id)

    assert [place(row(email_id)) for email_id in ids] == before


def test_withdrawn_label_stays_in_the_history(database, ids, say):
    """Who said it, who withdrew it and when are kept; the newest comes first."""
    (first,) = say(ids[0], topic="billing")
    (second,) = say(ids[0], author="ben", topic="order")

    undo(database, ids[0])

    with database.reading() as session:
        found = labels.history(session, ids[0])
    assert [(one.id, one.author, one.topic) for one in found] == [
        (second.label_id, "ben", "order"),
        (first.label_id, "anna", "billing"),
    ]
    assert [(one.withdrawn_by, one.withdrawn_at) for one in found] == [(None, None), ("anna", LATER)]


def test_undo_takes_back_the_authors_own_last_word(database, ids, say, row):
    """One step at a time, and never what others said."""
    say(ids[0], topic="billing")
    say(ids[0], author="ben", topic="order")
    say(ids[0], topic="contract")

    undone = [undo(database, ids[0]) for _ in range(3)]

    assert undone[0] > undone[1]
    assert undone[2] is None
    assert said(row(ids[0])) == {"topic": "order"}


def test_label_of_somebody_else_can_be_withdrawn_by_its_number(database, ids, say, row):
    """A second time changes nothing of who did it first."""
    (first,) = say(ids[0], topic="billing")
    for author in ("ben", "cem"):
        with database.unit_of_work() as session:
            feedback.withdraw(session, ids[0], first.label_id, author=author, now=LATER, policy=POLICY)

    with database.reading() as session:
        assert labels.history(session, ids[0])[0].withdrawn_by == "ben"
    assert row(ids[0]).labels is None


def test_withdrawn_word_can_be_said_again(ids, say, database, row):
    """Undo does not make a later repetition needless."""
    say(ids[0], source="import", author="file", topic="billing")
    undo(database, ids[0], author="file")

    (again,) = say(ids[0], source="import", author="file", topic="billing")

    assert again.is_new
    assert said(row(ids[0])) == {"topic": "billing"}


def test_what_is_not_there_cannot_be_withdrawn(database, ids, say):
    """An email that is not stored, and a label of another email, are told apart."""
    (other,) = say(ids[1], topic="billing")

    with database.unit_of_work() as session:
        with pytest.raises(LabelNotFound, match=f"triage labels list --email {ids[0]}"):
            feedback.withdraw(session, ids[0], other.label_id, author="anna", now=NOW, policy=POLICY)
        with pytest.raises(EmailNotFound):
            feedback.withdraw_last(session, 999_999, author="anna", now=NOW, policy=POLICY)
