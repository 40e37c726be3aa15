"""The watchdog: deaf is who does nothing while work waits."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from celery import signals

from triage.queue.names import IMAGE_QUEUE, TEXT_QUEUE, UPKEEP_QUEUE
from workers.watchdog import Watchdog

HOUR = timedelta(hours=1)


@pytest.fixture
def watchdog():
    """A watchdog of a process that last did something an hour ago."""
    made = Watchdog(TEXT_QUEUE, UPKEEP_QUEUE)
    made._last_sign -= HOUR.total_seconds()
    return made


def test_worker_that_does_nothing_while_tasks_wait_is_silent(watchdog, redis):
    """Waiting tasks and no sign of any being taken: an hour of silence."""
    redis.lpush(TEXT_QUEUE, b"task")

    assert watchdog.silence(redis) >= HOUR


def test_worker_is_not_deaf_to_what_others_are_to_hear(watchdog, redis):
    """What waits for another kind of worker is no reason to end this one."""
    redis.lpush(IMAGE_QUEUE, b"task")

    assert watchdog.silence(redis) < HOUR


def test_worker_with_nothing_to_do_is_not_silent(watchdog, redis):
    """Silence is no fault where nothing waits, however long it lasts; a task that comes then finds it fresh."""
    watchdog.silence(redis)
    redis.lpush(TEXT_QUEUE, b"task")

    assert watchdog.silence(redis) < HOUR


@pytest.mark.parametrize("signal", [signals.task_prerun, signals.task_postrun])
def test_worker_that_begins_or_ends_a_task_is_not_silent(watchdog, redis, signal):
    """A task begun or ended breaks the silence, and the time of it is known."""
    redis.lpush(TEXT_QUEUE, b"task")
    before = datetime.now(UTC)

    signal.send(sender=None)

    assert watchdog.silence(redis) < HOUR
    assert before <= watchdog.last_task_at <= datetime.now(UTC)


def test_worker_is_excused_while_redis_is_away(watchdog, redis):
    """After an outage the patience begins anew."""
    redis.lpush(TEXT_QUEUE, b"task")

    watchdog.excuse()

    assert watchdog.silence(redis) < HOUR


def test_worker_is_excused_when_its_whole_process_was_paused(watchdog, redis):
    """A frozen container thaws with mail waiting: the thread that takes it has had no chance either."""
    watchdog._last_look -= HOUR.total_seconds()
    redis.lpush(TEXT_QUEUE, b"task")

    assert watchdog.silence(redis) < HOUR


@pytest.mark.slow
def test_reading_that_stops_every_thread_ends_the_process():
    """A regular expression that never comes back holds the interpreter's lock; the watch in C still bites."""
    hang = (
        "import re, threading, time; from datetime import timedelta; from workers.watchdog import expect_a_beat\n"
        "expect_a_beat(timedelta(seconds=1))\n"
        "threading.Thread(target=lambda: (time.sleep(0.5), print('a beat'), expect_a_beat()), daemon=True).start()\n"
        "re.match('(a+)+$', 'a' * 60 + 'b')"
    )

    done = subprocess.run([sys.executable, "-c", hang], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "re.match" in done.stderr or "in match" in done.stderr
    assert "a beat" not in done.stdout
