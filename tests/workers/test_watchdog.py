"""The watchdog: deaf is who does nothing while work waits."""

from datetime import timedelta

import pytest
from celery import signals

from triage.queue.names import TEXT_QUEUE
from workers import watchdog
from workers.watchdog import Watchdog


@pytest.fixture
def impatient(monkeypatch):
    """A watchdog without any patience."""
    monkeypatch.setattr(watchdog, "PATIENCE", timedelta(0))
    return Watchdog()


def test_worker_that_does_nothing_while_tasks_wait_is_deaf(impatient, redis):
    """Waiting tasks and no sign of any being taken: deaf."""
    redis.lpush(TEXT_QUEUE, b"task")

    assert impatient.is_deaf(redis)


def test_worker_with_nothing_to_do_is_not_deaf(monkeypatch, redis):
    """Silence is no fault where nothing waits, however long it lasts."""
    idle = Watchdog()
    idle.is_deaf(redis)
    monkeypatch.setattr(watchdog, "PATIENCE", timedelta(seconds=60))
    redis.lpush(TEXT_QUEUE, b"task")

    assert not idle.is_deaf(redis)


@pytest.mark.parametrize("signal", [signals.task_prerun, signals.task_postrun])
def test_worker_that_begins_or_ends_a_task_is_not_deaf(monkeypatch, redis, signal):
    """A task begun or ended starts the patience anew."""
    busy = Watchdog()
    busy._last_sign -= 3600
    redis.lpush(TEXT_QUEUE, b"task")
    assert busy.is_deaf(redis)

    signal.send(sender=None)

    assert not busy.is_deaf(redis)


def test_worker_is_excused_while_redis_is_away(redis):
    """After an outage the patience begins anew."""
    cut_off = Watchdog()
    cut_off._last_sign -= 3600
    redis.lpush(TEXT_QUEUE, b"task")

    cut_off.excuse()

    assert not cut_off.is_deaf(redis)
