"""A worker that is told to end does so soon, whatever it is doing; nothing it had is lost."""

import signal
from collections import Counter

import pytest

from tests.make import accept, make_intake, raw_message, url_of
from tests.system.conftest import until
from tests.system.test_mail_reaches_inbox import verdicts_per_email
from triage.queue import Doorbell, WorkStream, celery_app
from triage.queue.heartbeat import State, living_workers
from triage.settings import sqlite_url
from triage.storage.session import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# What a container is given before it is killed.
GRACE_SECONDS = 10
HOW = pytest.mark.parametrize(
    "signals", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGINT, signal.SIGINT]], ids=["term", "ctrl-c", "twice"]
)


def accept_many(data, redis, count):
    """Take in that many different mails and ring."""
    database = Database(sqlite_url(data))
    accept(make_intake(database, redis), *[raw_message(f"Order {n}", f"Where is parcel {n}?") for n in range(count)])
    database.close()


@HOW
def test_worker_told_to_end_while_it_starts_ends(start_worker, signals):
    """TensorFlow is being imported, Celery does not listen yet, nothing was taken: it ends as if at work."""
    worker = start_worker()
    worker.await_state(State.STARTING)

    worker.signal(*signals)

    assert worker.process.wait(GRACE_SECONDS) == 0


@HOW
def test_idle_worker_told_to_end_ends_and_takes_leave(start_worker, redis, signals):
    """It is forgotten at once and not after its sign of life has expired."""
    worker = start_worker()
    worker.await_log(" ready.")

    worker.signal(*signals)

    # To Celery a Ctrl-C is a failure.
    assert worker.process.wait(GRACE_SECONDS) == (0 if signals == [signal.SIGTERM] else 1)
    assert living_workers(redis) == []


@HOW
def test_worker_told_to_end_in_the_middle_of_mail_loses_none(start_worker, data, redis, signals):
    """Under load it ends in time, and another gives every email its one verdict."""
    worker = start_worker(TRIAGE_DRAIN_BATCH_SIZE="32")
    worker.await_log(" ready.")
    accept_many(data, redis, 1000)
    until(lambda: 0 < WorkStream(redis).length() < 1000, 60)

    worker.signal(*signals)

    worker.process.wait(GRACE_SECONDS)
    other = start_worker(TRIAGE_CLAIM_AFTER="PT1S")
    other.await_log(" ready.")
    doorbell = Doorbell(redis, celery_app(url_of(redis)))
    until(lambda: doorbell.ring() or WorkStream(redis).length() == 0, 120)
    assert verdicts_per_email(sqlite_url(data)) == Counter({1: 1000})


def test_worker_without_redis_ends_when_told(start_worker):
    """It tries to connect again and again, and hears all the same."""
    worker = start_worker(TRIAGE_REDIS_URL="unix:///nowhere/redis.sock")
    worker.await_log("Trying again in")

    worker.signal(signal.SIGTERM)

    assert worker.process.wait(GRACE_SECONDS) == 0
