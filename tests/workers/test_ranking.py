"""Placing mail by a policy that was put in force: by one worker after the other, also where one was killed."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading, url_of
from tests.system.conftest import until
from tests.triage.policies import with_rule
from triage.classify import classify
from triage.labels import Urgency
from triage.policies import WatchedPolicies, put_in_force
from triage.queue import PlacingCall, WorkStream, celery_app
from triage.queue.names import PLACING
from triage.reranking import BATCH
from triage.settings import Settings
from triage.storage import policies
from triage.storage.tables import Email
from workers import boot
from workers.tasks import ranking as task

CLINICS = with_rule(senders=["@clinic.example"], at_least="high")
LOW = FakeTextModel(reading(urgency=Urgency.LOW, confidence=0.97))


def read_mail(database, redis, count):
    """Mail of a clinic that was read and is low, and a policy in force by which it is not."""
    raws = [raw_message(f"mail {n}", sender="a@clinic.example") for n in range(count)]
    ids = [one.email_id for one in accept(make_intake(database, redis), *raws)]
    with database.unit_of_work() as session:
        for start in range(0, count, BATCH):
            classify(session, ids[start : start + BATCH], LOW, POLICY, NOW)
        put_in_force(session, 1, CLINICS, default=POLICY, author="anna", reason="", now=NOW)
    redis.delete("triage:mail")


def left(database):
    with database.reading() as session:
        newest = policies.newest_change(session, 1)
        return policies.count_placed_by_others(session, 1, newest.version)


def bands(database):
    with database.reading() as session:
        return set(session.scalars(select(Email.band)))


@pytest.fixture
def work(monkeypatch, database, database_url, redis, tmp_path):
    """Run the task as a worker would that has just started, with no time but for one step."""

    def works():
        held = {
            "settings": Settings(
                data_dir=tmp_path,
                database_url=database_url,
                redis_url=url_of(redis),
                drain_time_slice=timedelta(0),
            ),
            "database": database,
            "policy": WatchedPolicies(database, POLICY).current(),
            "mail_stream": WorkStream(redis),
            "placing_call": PlacingCall(redis, celery_app(url_of(redis))),
        }
        for name, value in held.items():
            monkeypatch.setattr(boot, name, lambda value=value: value)
        task.place_by_policy()

    return works


def test_what_one_task_leaves_the_next_goes_on_with(database, redis, work):
    """A task does a step, calls for the next one while anything is left, and for none after that."""
    read_mail(database, redis, BATCH + 5)

    work()
    assert (left(database), redis.exists(PLACING)) == (5, 1)
    work()
    assert (left(database), redis.exists(PLACING)) == (0, 0)
    assert bands(database) == {"high"}


def test_fresh_mail_is_read_between_two_steps(database, redis, work, monkeypatch):
    """Placing waits for mail that came, not the other way round."""
    drained = []
    monkeypatch.setattr(task, "drain_mail", lambda: drained.append(WorkStream(redis).length()))
    read_mail(database, redis, BATCH + 5)
    accept(make_intake(database, redis), raw_message("fresh"))

    work()

    assert drained == [1]


PLACES_ALL = """
import sys
from triage.policies import WatchedPolicies
from triage.ranking import load_policy
from triage.reranking import place_some
from triage.storage.session import Database

database = Database(sys.argv[1])
for mailbox_id, policy in WatchedPolicies(database, load_policy()).current().to_place_by().items():
    while place_some(database, mailbox_id, policy):
        pass
"""


def test_killed_process_leaves_nothing_behind(database, database_url, redis):
    """Killed while it places mail, it has placed each email whole or not at all, and the next one ends it."""
    read_mail(database, redis, 10 * BATCH)
    with subprocess.Popen([sys.executable, "-c", PLACES_ALL, database_url]) as first:
        until(lambda: left(database) < 10 * BATCH or first.poll() is not None, 100)
        first.send_signal(signal.SIGKILL)
    with database.reading() as session:
        standing = set(session.execute(select(Email.policy_version, Email.band)).all())

    subprocess.run([sys.executable, "-c", PLACES_ALL, database_url], check=True)

    version = WatchedPolicies(database, POLICY).of(1).version
    assert standing <= {(POLICY.version, "low"), (version, "high")}
    assert (left(database), bands(database)) == (0, {"high"})
