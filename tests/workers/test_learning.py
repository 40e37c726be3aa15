"""The task that learns: what one worker does of it another goes on with, and fresh mail waits for one step at most."""

import pytest
from sqlalchemy import select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading, url_of
from triage import feedback, learning
from triage.classify import classify
from triage.labels import Topic
from triage.queue import LearningCall, WorkStream, celery_app
from triage.queue.heartbeat import Heartbeat, beat
from triage.queue.names import LEARNING
from triage.ranking import Statement
from triage.settings import Settings
from triage.storage.tables import Activation, Memory, Model, Verdict
from workers import boot
from workers.models import Models
from workers.reader import Reader
from workers.tasks import learning as task

MODEL = FakeTextModel(reading(topic=Topic.OTHER, confidence=0.6), version="v1")
PARKING = "parking garage barrier ticket lost"


@pytest.fixture
def drained():
    """How often fresh mail was read between two steps."""
    return []


@pytest.fixture
def work(monkeypatch, database, database_url, redis, tmp_path, drained):
    """Run the task as a worker would that has just started."""

    def drain():
        drained.append(WorkStream(redis).length())
        redis.delete("triage:mail")

    def works(model=MODEL):
        models = Models(Reader(lambda: tmp_path, lambda _: model), database, lambda _: model, kept=1)
        settings = Settings(data_dir=tmp_path, database_url=database_url, redis_url=url_of(redis))
        held = {
            "settings": settings,
            "database": database,
            "models": models,
            "policy": POLICY,
            "mail_stream": WorkStream(redis),
            "learning_call": LearningCall(redis, celery_app(url_of(redis))),
            "text_model": model,
        }
        for name, value in held.items():
            monkeypatch.setattr(boot, name, lambda value=value: value)
        monkeypatch.setattr(boot, "redis", lambda: redis)
        monkeypatch.setattr(task, "drain_mail", drain)
        task.learn_from_labels()

    return works


@pytest.fixture
def ids(database, redis):
    """Seven emails with the same words, read; the first has a label."""
    raws = [raw_message(f"mail {n}", PARKING) for n in range(7)]
    made = [one.email_id for one in accept(make_intake(database, redis), *raws)]
    with database.unit_of_work() as session:
        classify(session, made, MODEL, POLICY, NOW)
    say(database, made[0], "billing")
    redis.flushall()
    return made


def say(database, email_id, topic):
    told = {"source": "human", "author": "anna", "now": NOW, "policy": POLICY}
    with database.unit_of_work() as session:
        feedback.label(session, [email_id], Statement(topic=topic), **told)


def read_as(database, ids):
    query = select(Verdict.topic).where(Verdict.email_id.in_(ids)).order_by(Verdict.email_id)
    with database.reading() as session:
        return list(session.scalars(query))


def memory(database):
    with database.reading() as session:
        return session.scalars(select(Memory)).first()


def test_a_worker_that_is_called_learns_and_places_mail(work, database, redis, ids):
    """A second call finds nothing to do; what is left for later is the late pass alone."""
    work()
    first = memory(database)
    work()

    assert read_as(database, ids[1:]) == ["billing"] * 6
    assert (first.generation, memory(database).generation) == (1, 1)
    assert memory(database).placed_to["is_late"] is True
    assert not redis.exists(LEARNING)


def test_two_workers_share_one_memory(work, database, ids, monkeypatch):
    """Each comes while the other is between two steps; one fit is kept, and each mail is placed."""
    monkeypatch.setattr(learning, "BATCH", 2)
    place_some, is_first = learning.place_some, iter([True])

    def and_another(*told):
        if next(is_first, False):
            work()
        return place_some(*told)

    monkeypatch.setattr(learning, "place_some", and_another)
    work()

    assert memory(database).generation == 1
    assert read_as(database, ids[1:]) == ["billing"] * 6


def test_fresh_mail_waits_for_one_step_at_most(work, database, redis, ids, drained, monkeypatch):
    """It is looked for after each fit and after each batch that is placed."""
    monkeypatch.setattr(learning, "BATCH", 2)
    place_some = learning.place_some

    def as_mail_comes(*told):
        WorkStream(redis).add([1])
        return place_some(*told)

    monkeypatch.setattr(learning, "place_some", as_mail_comes)
    work()

    assert drained == [1] * 5  # seven emails, two at a time, and a look whether late mail can be placed


def test_who_has_no_time_left_calls_the_next(work, database, redis, ids, monkeypatch):
    """And that one goes on where this one stopped."""
    monkeypatch.setattr(learning, "BATCH", 2)
    monkeypatch.setattr(task, "monotonic", iter(range(0, 10**6, 10**3)).__next__)
    work()
    half, called = read_as(database, ids[1:]), redis.exists(LEARNING)
    while memory(database).placed_to["is_late"] is False:
        work()

    assert (called, half.count("billing") < 3) == (1, True)
    assert read_as(database, ids[1:]) == ["billing"] * 6


def test_a_worker_killed_after_the_fit_leaves_the_rest_to_another(work, database, ids, monkeypatch):
    """The memory is there, and that mail is not placed by it is found in the database."""

    def killed(until):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(task, "_place_mail", killed)
        with pytest.raises(SystemExit):
            work()
        fitted, before = memory(database).generation, read_as(database, ids[1:])
    work()

    assert (fitted, memory(database).generation) == (1, 1)
    assert (before, read_as(database, ids[1:])) == (["other"] * 6, ["billing"] * 6)


def test_workers_with_different_shipped_models_do_not_learn_after_each_other(work, database, redis, ids):
    """While a release is taken in, one after the other; a mailbox with a model of its own learns on."""
    beat(redis, Heartbeat("another", "text", "v2"))
    work()
    in_doubt = memory(database)
    point(database, "v1")
    work()

    assert in_doubt is None
    assert memory(database).model_version == "v1"


def point(database, version):
    told = {"created_at": NOW, "manifest": {}, "size_bytes": 1, "digest": b"", "archive": b""}
    with database.unit_of_work() as session:
        session.add(Model(version=version, mailbox_id=1, **told))
        session.flush()
        session.add(Activation(mailbox_id=1, version=version, activated_at=NOW, author="anna", reason=""))
