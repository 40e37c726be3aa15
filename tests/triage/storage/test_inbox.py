"""The prioritized inbox, page by page."""

from datetime import timedelta

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify
from triage.handle import mark_done, reopen
from triage.labels import Topic, Urgency
from triage.storage.inbox import InboxCursor, InboxFilter, inbox_page


def page(database, after=None, limit=50, **wanted):
    with database.reading() as session:
        return inbox_page(session, InboxFilter(**wanted), after=after, limit=limit)


@pytest.fixture
def ranked(database, redis):
    """Three emails, the oldest low, the newest critical; ids in order of arrival."""
    intake, ids = make_intake(database, redis), []
    for age, urgency in ((3, Urgency.LOW), (2, Urgency.NORMAL), (1, Urgency.CRITICAL)):
        raw = raw_message(f"{urgency} mail", sender=f"{urgency}@example.org")
        (receipt,) = accept(intake, raw, now=NOW - timedelta(hours=age))
        model = FakeTextModel(reading(urgency=urgency, topic=Topic.ORDER, confidence=0.97))
        with database.unit_of_work() as session:
            classify(session, [receipt.email_id], model, POLICY, NOW)
        ids.append(receipt.email_id)
    return ids


def test_most_pressing_mail_comes_first(database, ranked):
    """Priority goes before order of arrival."""
    assert [row.email.id for row in page(database)] == list(reversed(ranked))


def test_very_old_mail_overtakes_pressing_mail(database, redis, ranked):
    """Low mail that has waited for a horizon stands above fresh critical mail: nothing starves."""
    (receipt,) = accept(make_intake(database, redis), raw_message("old"), now=NOW - timedelta(days=30))

    assert page(database)[0].email.id == receipt.email_id


def test_pages_neither_repeat_nor_hide_rows_while_mail_arrives(database, redis):
    """Walking the pages shows every email that was there at the start exactly once."""
    intake = make_intake(database, redis)
    there = [accept(intake, raw_message(f"mail {n}"), now=NOW - timedelta(hours=n))[0].email_id for n in range(7)]

    seen, after = [], None
    while rows := page(database, after=after, limit=2):
        seen += [row.email.id for row in rows]
        after = InboxCursor(rows[-1].email.rank_at, rows[-1].email.id)
        accept(intake, raw_message(f"newcomer {len(seen)}"), now=NOW - timedelta(days=9))

    assert sorted(seen) == sorted(there)


def test_emails_of_equal_rank_are_paged_by_id(database, redis):
    """A page border between equal keys loses nothing."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}") for n in range(5)))

    first = page(database, limit=3)
    rest = page(database, after=InboxCursor(first[-1].email.rank_at, first[-1].email.id))

    assert [row.email.id for row in first + rest] == [receipt.email_id for receipt in receipts]


def test_handled_mail_leaves_the_inbox_and_comes_back_when_reopened(database, ranked):
    """Done mail is listed as handled only; reopened mail stands where it stood."""
    critical = ranked[2]
    with database.unit_of_work() as session:
        mark_done(session, critical, NOW)
    handled = [row.email.id for row in page(database, state="handled")]
    left = [row.email.id for row in page(database)]
    with database.unit_of_work() as session:
        reopen(session, critical)

    assert handled == [critical]
    assert left == [ranked[1], ranked[0]]
    assert page(database)[0].email.id == critical


@pytest.mark.parametrize(
    ("wanted", "subjects"),
    [
        ({"band": "critical"}, ["critical mail"]),
        ({"topic": "order", "words": ("NORMAL",)}, ["normal mail"]),
        ({"topic": "billing"}, []),
        ({"words": ("low@example", "mail")}, ["low mail"]),
        ({"words": ("100%",)}, []),
        ({"words": ("_",)}, []),
        ({"mailbox": "none"}, []),
        ({"state": "queued"}, []),
        ({"state": "read", "words": ("crit",)}, ["critical mail"]),
    ],
)
def test_filters_let_pass_what_they_say(database, ranked, wanted, subjects):
    """Each filter narrows the list; words match in any case and stand for themselves."""
    assert [row.email.subject for row in page(database, **wanted)] == subjects
