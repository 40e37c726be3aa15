"""Emails that were set aside: tried again, or discarded."""

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage.classify import classify_alone
from triage.failures import discard, retry
from triage.queue import MailStream
from triage.storage import emails
from triage.storage.failures import failed_emails
from triage.storage.inbox import InboxFilter, inbox_page


@pytest.fixture
def intake(database, redis):
    return make_intake(database, redis)


@pytest.fixture
def set_aside(intake, redis):
    """The id of an email that failed five times."""
    (receipt,) = accept(intake, raw_message())
    for _ in range(5):
        classify_alone(
            intake.database,
            receipt.email_id,
            FakeTextModel(fails_on=lambda text: True),
            POLICY,
            attempts_before=0,
            max_attempts=5,
            now=NOW,
        )
    redis.flushall()
    return receipt.email_id


def test_email_tried_again_has_fresh_attempts_and_is_enqueued(intake, set_aside, redis):
    """After a retry the email waits like a new one; retrying twice enqueues it once."""
    first = retry(intake.database, intake.stream, intake.doorbell, None, NOW)
    second = retry(intake.database, intake.stream, intake.doorbell, [set_aside], NOW)

    with intake.database.reading() as session:
        email = emails.email_by_id(session, set_aside)
    assert (first, second) == ([set_aside], [])
    assert (email.state, email.attempts, email.error) == (emails.QUEUED, 0, None)
    assert MailStream(redis).length() == 1


def test_discarded_email_leaves_list_and_inbox_and_keeps_its_bytes(intake, set_aside):
    """A discarded email is nobody's work any more, and still stored."""
    gone = discard(intake.database, [set_aside, 999], NOW)

    with intake.database.reading() as session:
        assert gone == [set_aside]
        assert failed_emails(session) == []
        assert inbox_page(session, InboxFilter()) == []
        assert emails.message_of(session, set_aside).raw
