"""What was set aside, by cause and one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.make import NOW, accept, make_intake, raw_message
from triage.storage import emails, failures, queued
from triage.storage.emails import LONGEST_ERROR
from triage.storage.failures import FailedFilter, FailedGroup

HOUR = timedelta(hours=1)


@pytest.fixture
def ids(database, redis):
    """Six emails of two mailboxes: four failed for one cause, one for another, one is sound."""
    intake = make_intake(database, redis)
    made = [receipt.email_id for receipt in accept(intake, *(raw_message(f"mail {n}") for n in range(4)))]
    made += [receipt.email_id for receipt in accept(intake, raw_message("a"), raw_message("b"), mailbox="support")]
    aside(database, made[0:4], "reading it raised ValueError", "read")
    aside(database, made[4:5], "the image is 100% broken", "recognize")
    return made


def aside(database, email_ids, error, stage):
    with database.unit_of_work() as session:
        for hour, email_id in enumerate(email_ids):
            queued.EMAILS.set_aside(session, email_id, error=error, stage=stage, attempts=5, now=NOW + hour * HOUR)


def listed(database, **wanted):
    with database.reading() as session:
        return failures.failed_ids(session, FailedFilter(**wanted), limit=100)


def test_groups_say_how_many_since_when_and_which(database, ids):
    """One row for each stage and cause, largest first, with the oldest three ids."""
    with database.reading() as session:
        groups = failures.failed_groups(session, FailedFilter())

    assert groups == [
        FailedGroup("read", "reading it raised ValueError", 4, NOW, NOW + 3 * HOUR, tuple(ids[:3])),
        FailedGroup("recognize", "the image is 100% broken", 1, NOW, NOW, (ids[4],)),
    ]


def test_counts_agree_with_the_groups(database, ids):
    """By stage, by filter and by state the same emails are counted."""
    with database.reading() as session:
        assert failures.count_failed_by_stage(session) == {"read": 4, "recognize": 1}
        assert failures.count_failed(session, FailedFilter(stage="read")) == 4
        assert emails.count_by_state(session) == {"queued": 1, "read": 0, "failed": 5}


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"mailbox": "support"}, [4]),
        ({"mailbox": "none"}, []),
        ({"stage": "recognize"}, [4]),
        ({"error": "VALUEERROR"}, [0, 1, 2, 3]),
        ({"error": "100%"}, [4]),
        ({"error": "_"}, []),
        ({"since": NOW + HOUR}, [1, 2, 3]),
        ({"until": NOW + HOUR}, [0, 4]),
        ({"since": NOW + HOUR, "until": NOW + 2 * HOUR}, [1]),
        ({"stage": "read", "mailbox": "support"}, []),
    ],
)
def test_filters_let_pass_what_they_say(database, ids, wanted, places):
    """Each filter narrows list, groups and counts alike; text stands for itself, in any case."""
    expected = [ids[place] for place in places]

    with database.reading() as session:
        groups = failures.failed_groups(session, FailedFilter(**wanted))
        page = failures.failed_page(session, FailedFilter(**wanted))
        count = failures.count_failed(session, FailedFilter(**wanted))

    assert listed(database, **wanted) == expected
    assert [row.email.id for row in page] == expected
    assert sum(group.count for group in groups) == count == len(expected)


def test_ids_choose_among_what_was_set_aside(database, ids):
    """Ids of other emails, or of none, are passed over."""
    assert listed(database, ids=[ids[1], ids[5], 999_999]) == [ids[1]]


def test_pages_follow_each_other_by_id(database, ids):
    """The next page begins after the last id of the one before."""
    with database.reading() as session:
        first = failures.failed_page(session, FailedFilter(), limit=3)
        rest = failures.failed_page(session, FailedFilter(), after=first[-1].email.id)

    assert [row.email.id for row in first + rest] == ids[:5]


def test_cause_is_kept_short_enough_for_the_index(database, ids):
    """An error of any length and script sets its email aside."""
    aside(database, ids[5:], "𝔢" * 5000, "read")

    with database.reading() as session:
        assert emails.email_by_id(session, ids[5]).error == "𝔢" * LONGEST_ERROR


def test_failure_of_an_earlier_release_is_listed_without_a_time(database, ids):
    """What a release before `failed_at` set aside is listed, counted and moved on; a filter by time passes it over."""
    with database.unit_of_work() as session:
        emails.email_by_id(session, ids[0]).failed_at = None

    assert ids[0] in listed(database)
    assert ids[0] not in listed(database, since=datetime(2000, 1, 1, tzinfo=UTC))
    with database.unit_of_work() as session:
        assert list(failures.requeue(session, FailedFilter(ids=ids[:1]), NOW, limit=1)) == ids[:1]
