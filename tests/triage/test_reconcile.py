"""Finding mail that Redis lost."""

from datetime import UTC, datetime, timedelta

from tests.make import accept, make_intake, raw_message
from tests.pictures import mail_with, picture
from triage.intake import accept_image
from triage.queue import WorkStream
from triage.queue.lanes import IMAGES
from triage.reconcile import reconcile
from triage.storage import queued

MINUTE = timedelta(seconds=60)


def run(intake, now):
    return reconcile(intake.database, intake.stream, intake.doorbell, older_than=MINUTE, now=now)


def test_mail_that_redis_lost_is_enqueued_again(database, redis):
    """After FLUSHALL the reconciler puts back exactly what waits (A-11)."""
    intake, now = make_intake(database, redis), datetime.now(UTC)
    accept(intake, *(raw_message(f"mail {n}") for n in range(20)), now=now)
    redis.flushall()

    too_early = run(intake, now + MINUTE / 2)
    in_time = run(intake, now + MINUTE * 2)

    assert (too_early, in_time) == (0, 20)
    assert WorkStream(redis).length() == 20


def test_images_that_redis_lost_are_enqueued_again(database, redis):
    """Those of mail and those that were posted, into their own stream; the mail is left to its own turn."""
    intake, now = make_intake(database, redis), datetime.now(UTC)
    accept(intake, mail_with(picture()), now=now)
    accept_image(database, intake.images, picture((1, 2, 3)), mailbox="main", now=now)
    redis.flushall()

    lane = (database, intake.images.stream, intake.images.doorbell)
    found = [
        reconcile(*lane, backlog=queued.IMAGES, older_than=MINUTE, now=now + wait) for wait in (MINUTE / 2, MINUTE * 2)
    ]

    assert found == [0, 2]
    assert (WorkStream(redis, IMAGES).length(), WorkStream(redis).length()) == (2, 0)


def test_mail_that_waits_in_a_long_stream_is_not_enqueued_twice(database, redis):
    """A backlog older than the limit is left alone while it is in the stream."""
    intake, now = make_intake(database, redis), datetime.now(UTC)
    accept(intake, *(raw_message(f"mail {n}") for n in range(20)), now=now)

    assert run(intake, now + timedelta(hours=5)) == 0
    assert WorkStream(redis).length() == 20


def test_mail_enqueued_again_is_not_found_again_at_once(database, redis):
    """A second reconciler a moment later finds nothing to do."""
    intake, now = make_intake(database, redis), datetime.now(UTC)
    accept(intake, raw_message(), now=now)
    redis.flushall()

    later = now + timedelta(hours=1)
    first = run(intake, later)
    redis.flushall()

    assert (first, run(intake, later + MINUTE / 2)) == (1, 0)


def test_mail_lost_before_the_clock_was_set_back_is_enqueued_again_once(database, redis):
    """Mail enqueued at what is now an hour ahead is found, and then counts from now (A-15)."""
    intake, now = make_intake(database, redis), datetime.now(UTC)
    accept(intake, raw_message(), now=now + timedelta(hours=1))
    redis.flushall()

    first = run(intake, now)
    redis.flushall()

    assert (first, run(intake, now + MINUTE / 2), run(intake, now + MINUTE * 2)) == (1, 0, 1)


def test_backlog_is_not_enqueued_twice_when_the_clock_was_set_back(database, redis):
    """While the stream holds entries from the future, however old the mail seems, nothing is added to it (A-15)."""
    intake, now = make_intake(database, redis), datetime.now(UTC)
    accept(intake, raw_message("early"), now=now - timedelta(hours=2))
    accept(intake, raw_message("late"), now=now)

    an_hour_back = run(intake, now - timedelta(hours=1))
    length = WorkStream(redis).length()
    redis.flushall()

    assert (an_hour_back, length) == (0, 2)
    assert run(intake, now - timedelta(hours=1)) == 2
