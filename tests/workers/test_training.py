"""A real training worker, and the process that it trains with."""

import time

import psutil
import pytest

from tests.make import NOW, accept, make_intake, raw_message, url_of
from tests.system.conftest import until
from tests.training.test_own import FILLING, TOPICS
from tests.triage.trainings.conftest import say
from triage import registry
from triage.feedback import add_topics
from triage.queue import celery_app
from triage.queue.heartbeat import State
from triage.queue.training import call_trainer
from triage.storage.tables import Training
from triage.trainings import Cause, report_page, request

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def body(number):
    """Words about boats or roses, in turn, no two alike."""
    words = " ".join(FILLING[(number // 2 * step + step) % 10] for step in range(1, 9))
    return f"{list(TOPICS.values())[number % 2]}. {words} number {number}."


@pytest.fixture
def asked(database, redis):
    """A training of a mailbox with two topics of its own and a hundred and forty labels."""
    raws = [raw_message("", body(number), sender=f"w{number}@example.org") for number in range(140)]
    ids = [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]
    with database.unit_of_work() as session:
        add_topics(session, "main", list(TOPICS), NOW)
    for place, topic in enumerate(TOPICS):
        say(database, ids[place::2], topic=topic)
    with database.unit_of_work() as session:
        return request(session, "main", cause=Cause.PERSON, author="anna", now=NOW).id


@pytest.fixture
def row(database, asked):
    """Look at it."""

    def looks():
        with database.reading() as session:
            return session.get(Training, asked)

    return looks


def child_of(worker):
    """The process that trains, while there is one."""
    for process in psutil.Process(worker.process.pid).children(recursive=True):
        try:
            if "mailbox" in process.cmdline():
                return process
        except psutil.Error:
            continue
    return None


def test_labels_become_the_model_that_is_active(start_worker, database, database_url, redis, asked, row):
    """From labels over the gate to the pointer; the worker holds no TensorFlow, and its process gives way to others."""
    worker = start_worker("train", TRIAGE_DATABASE_URL=database_url)
    worker.await_state(State.READY)
    call_trainer(redis, celery_app(url_of(redis)))
    # Before that it may still be the shell that becomes it.
    until(lambda: row().progress > 0, 120)
    niceness = child_of(worker).nice()
    until(lambda: row().state not in ("queued", "running"), 300)

    told = row()
    assert told.state == "activated", told.reason
    assert "new topic boats is read" in told.reason
    assert told.labels_used == 140
    report = told.figures["report"]
    assert report["mails"] == sum(map(sum, report["heads"]["topic"]["confusion"]))
    assert [point["labels"] for point in report["curve"]] == [0, told.labels_used - report["mails"]]
    with database.reading() as session:
        assert registry.active_version(session, told.mailbox_id) == told.version
        assert told.version in report_page(session, asked)
    assert niceness == psutil.Process().nice() + 10
    assert worker.rss_bytes() < 250_000_000
    until(lambda: not list((worker.log.parent / "trainings").iterdir()), 10)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_above_its_limit_ends_the_training_with_that_reason(start_worker, database_url, redis, asked, row):
    """A-19: said in a sentence, begun once, and the worker lives on."""
    worker = start_worker("train", TRIAGE_DATABASE_URL=database_url, TRIAGE_TRAINING_MEMORY="400")
    worker.await_state(State.READY)
    call_trainer(redis, celery_app(url_of(redis)))
    until(lambda: row().state not in ("queued", "running"), 300)

    assert (row().state, row().attempts) == ("failed", 1)
    assert row().reason.startswith("training held more than 400 MB of memory, which is its limit")
    assert worker.process.poll() is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_that_is_told_to_end_does_so_at_once(start_worker, database_url, redis, asked, row):
    """It gives the training back, leaves no process, and the next worker brings it to its end."""
    worker = start_worker("train", TRIAGE_DATABASE_URL=database_url)
    worker.await_state(State.READY)
    call_trainer(redis, celery_app(url_of(redis)))
    until(lambda: child_of(worker) is not None, 60)
    child, began = child_of(worker), time.monotonic()
    worker.process.terminate()
    worker.process.wait(30)

    assert time.monotonic() - began < 30
    assert not psutil.pid_exists(child.pid)
    assert (row().state, row().attempts) == ("queued", 0)
