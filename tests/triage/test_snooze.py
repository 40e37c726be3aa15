"""Mail that is put off: off every list until its moment, or until somebody writes in its thread; never lost."""

from datetime import timedelta

import pytest

from tests.make import NOW, accept, make_intake, raw_message
from triage.errors import EmailNotFound, InvalidSnooze
from triage.handle import BATCH, mark_done, reopen, snooze, wake
from triage.storage.inbox import InboxFilter, inbox_page
from triage.storage.session import Database

HOUR = timedelta(hours=1)


@pytest.fixture
def intake(database, redis):
    return make_intake(database, redis)


def put_off(database, email_id, until=NOW + HOUR, now=NOW):
    with database.unit_of_work() as session:
        snooze(session, email_id, until, now)


def listed(database, state=None):
    with database.reading() as session:
        return [row.email.id for row in inbox_page(session, InboxFilter(state=state))]


def answer(intake, subject="Re: The lift is stuck", headers="In-Reply-To: <1@example.org>\r\n", **changed):
    return accept(intake, raw_message(subject, "still stuck", headers=headers), **changed)


def test_mail_that_is_put_off_comes_back_at_its_moment_and_not_before(database, intake):
    """It is on the list of what is put off, and on no other, until then."""
    (receipt,) = accept(intake, raw_message())
    put_off(database, receipt.email_id)

    assert (listed(database), listed(database, "queued")) == ([], [])
    assert listed(database, "snoozed") == [receipt.email_id]
    assert wake(database, NOW + HOUR - timedelta(seconds=1)) == 0
    assert listed(database) == []

    assert wake(database, NOW + HOUR) == 1
    assert (listed(database), listed(database, "snoozed")) == ([receipt.email_id], [])


def test_restart_forgets_nobody(database, database_url, intake):
    """Whoever comes next wakes what fell due while nothing ran, however much it is."""
    ids = [one.email_id for one in accept(intake, *(raw_message(f"mail {n}") for n in range(BATCH + 5)))]
    for email_id in ids:
        put_off(database, email_id)
    database.close()

    restarted = Database(database_url)
    assert wake(restarted, NOW + timedelta(days=3)) == len(ids)
    assert (listed(restarted, "snoozed"), wake(restarted, NOW + timedelta(days=3))) == ([], 0)
    restarted.close()


def test_an_answer_wakes_its_thread(database, intake):
    """Somebody who writes in the thread is a reason to look now."""
    (first,) = accept(intake, raw_message(message_id="<1@example.org>"))
    put_off(database, first.email_id)

    (second,) = answer(intake)

    assert set(listed(database)) == {first.email_id, second.email_id}


def test_equal_subjects_and_other_mailboxes_wake_nobody(database, intake):
    """A-28: only references make a thread, and only within a mailbox."""
    (first,) = accept(intake, raw_message(message_id="<1@example.org>"))
    put_off(database, first.email_id)

    answer(intake, headers="")
    answer(intake, mailbox="other")

    assert listed(database, "snoozed") == [first.email_id]


def test_the_same_answer_twice_wakes_once(database, intake):
    """A mail that is held already is no news: what was put off after it stays so."""
    (first,) = accept(intake, raw_message(message_id="<1@example.org>"))
    answer(intake)
    put_off(database, first.email_id)

    answer(intake)

    assert listed(database, "snoozed") == [first.email_id]


@pytest.mark.parametrize("act", [lambda session, one: mark_done(session, one, NOW), reopen])
def test_done_and_reopened_mail_is_put_off_no_more(database, intake, act):
    """What somebody did last counts, and no moment of before comes back."""
    (receipt,) = accept(intake, raw_message())
    put_off(database, receipt.email_id)
    with database.unit_of_work() as session:
        act(session, receipt.email_id)
    before = listed(database), listed(database, "handled")

    assert wake(database, NOW + timedelta(days=1)) == 0
    assert (listed(database), listed(database, "handled")) == before
    assert sorted([*before[0], *before[1]]) == [receipt.email_id]


def test_mail_that_is_done_can_be_put_off_and_comes_back_open(database, intake):
    """Asked to come back, it comes back."""
    (receipt,) = accept(intake, raw_message())
    with database.unit_of_work() as session:
        mark_done(session, receipt.email_id, NOW)
    put_off(database, receipt.email_id)

    assert (listed(database, "handled"), listed(database, "snoozed")) == ([], [receipt.email_id])
    wake(database, NOW + HOUR)
    assert listed(database) == [receipt.email_id]


@pytest.mark.parametrize("until", [NOW, NOW - HOUR, NOW + timedelta(days=4000)])
def test_moments_that_cannot_be_meant_are_refused(database, intake, until):
    """A moment that has passed, or is years away, is a slip."""
    (receipt,) = accept(intake, raw_message())

    with pytest.raises(InvalidSnooze):
        put_off(database, receipt.email_id, until)
    with pytest.raises(EmailNotFound):
        put_off(database, 999)
    assert listed(database) == [receipt.email_id]
