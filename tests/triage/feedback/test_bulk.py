"""Labelling many: by id, and by what the inbox filters."""

from datetime import timedelta

import pytest

from tests.make import NOW, POLICY, accept, make_intake, raw_message
from tests.triage.feedback.conftest import said
from triage import feedback
from triage.errors import UnknownTopic
from triage.feedback import Bulk, bulk
from triage.handle import mark_done
from triage.ranking import Statement
from triage.storage.inbox import InboxFilter

BILLING = Statement(topic="billing")


def many(database, wanted, statement=BILLING, **options):
    return feedback.label_many(
        database, wanted, statement, source="human", author="anna", now=NOW, policy=POLICY, **options
    )


def test_named_emails_are_labelled_once_and_the_missing_are_told(database, ids, row):
    """Doubles count once; a second time all are known."""
    first = many(database, [ids[1], ids[0], ids[1], 999_999])
    again = many(database, [ids[0], ids[1], ids[2]])

    assert first == Bulk(2, 0, not_found=(999_999,))
    assert again == Bulk(1, 2)
    assert [said(row(one)) for one in ids[:3]] == [{"topic": "billing"}] * 3


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"mailbox": "main"}, [0, 1, 2, 3]),
        ({"mailbox": "none"}, []),
        ({"state": "queued"}, [3]),
        ({"topic": "technical"}, [0, 1, 2]),
        ({"words": ("MAIL", "2")}, [2]),
        ({"band": "critical"}, []),
    ],
)
def test_filter_labels_what_the_inbox_lists(database, ids, row, wanted, places):
    """The same filters let the same emails pass."""
    done = many(database, InboxFilter(**wanted))

    assert done == Bulk(len(places), 0)
    assert [bool(said(row(one))) for one in ids] == [place in places for place in range(4)]


def test_done_mail_is_labelled_only_when_asked_for(database, ids, row):
    """As in the inbox, what a person has done is left out."""
    with database.unit_of_work() as session:
        mark_done(session, ids[0], NOW)

    many(database, InboxFilter(mailbox="main"))

    assert said(row(ids[0])) == {}
    assert many(database, InboxFilter(state="handled")) == Bulk(1, 0)


def test_many_are_followed_in_steps(database, ids, row, monkeypatch):
    """Each step says where the next begins, although labelled mail falls out of the filter meanwhile."""
    monkeypatch.setattr(bulk, "BATCH", 1)
    wanted = InboxFilter(topic="technical")

    first = many(database, wanted, limit=2)
    second = many(database, wanted, limit=2, after=first.last_id)

    assert first == Bulk(2, 0, last_id=ids[1])
    assert second == Bulk(1, 0)


def test_topic_that_one_mailbox_lacks_labels_nothing(database, redis, ids, row):
    """It is found out before the first email is labelled."""
    (receipt,) = accept(make_intake(database, redis), raw_message("mail else"), mailbox="support")
    with database.unit_of_work() as session:
        feedback.add_topics(session, "main", ["Rechnung"], NOW - timedelta(days=1))

    with pytest.raises(UnknownTopic, match="support"):
        many(database, InboxFilter(words=("mail",)), Statement(topic="Rechnung"))

    assert [said(row(one)) for one in [*ids, receipt.email_id]] == [{}] * 5
