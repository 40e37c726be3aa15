"""A candidate reads beside the active version: differences are counted, mail goes first, and harm is done once."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify
from triage.errors import InvalidBundle
from triage.labels import Topic, Urgency
from triage.queue.heartbeat import Heartbeat, beat
from triage.queue.shadows import ShadowMarks
from triage.ranking import distributions_of
from triage.storage import shadows
from triage.storage.mailboxes import mailbox_id
from triage.storage.tables import Email, Model, Verdict
from workers.models import Models
from workers.reader import Reader
from workers.shadowing import BATCH, MOST_WAITING, Shadows

LONG = timedelta(seconds=60)
CANDIDATE = FakeTextModel(reading(topic=Topic.BILLING, urgency=Urgency.CRITICAL), version="v2")


@pytest.fixture
def ids(database, redis):
    """Emails of `main`, read with the shipped model; they are about something technical, and calm."""
    raws = [raw_message(f"mail {n}", f"body {n}") for n in range(5)]
    made = [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]
    with database.unit_of_work() as session:
        classify(session, made, FakeTextModel(version="v1"), POLICY, NOW)
        told = {"created_at": NOW, "manifest": {}, "size_bytes": 1, "digest": b"", "archive": b""}
        session.add(Model(version="v2", mailbox_id=mailbox_id(session, "main"), **told))
        session.flush()
        shadows.begin(session, mailbox_id(session, "main"), "v2", NOW)
    return made


@pytest.fixture
def make_shadows(database, redis, tmp_path):
    """Make what lets a candidate read; `model` is what loading it gives."""

    def makes(model, may_go_on=lambda: True):
        def load(_):
            if isinstance(model, Exception):
                raise model
            return model

        models = Models(Reader(lambda: tmp_path, lambda _: FakeTextModel()), database, load, kept=1)
        models.renew()
        return Shadows(database, models, ShadowMarks(redis), redis, "me", may_go_on=may_go_on)

    return makes


def report(database):
    with database.reading() as session:
        return shadows.shadows_of(session, mailbox_id(session, "main"))["v2"]


def test_differences_are_counted_with_examples(database, ids, make_shadows):
    """Head by head, as `active → candidate`; the emails stand where they stood."""
    candidates = make_shadows(CANDIDATE)
    candidates.note(ids[:3])
    candidates.read(LONG)
    candidates.note(ids[3:])
    candidates.read(LONG)

    found = report(database)
    assert found.emails == 5
    assert found.differing == {"topic": {"technical → billing": 5}, "urgency": {"normal → critical": 5}}
    assert [one["email_id"] for one in found.examples] == ids
    assert found.examples[0]["heads"] == {"topic": "technical → billing", "urgency": "normal → critical"}
    with database.reading() as session:
        assert {session.get(Email, one).model_version for one in ids} == {"v1"}


def test_one_that_agrees_has_nothing_to_show(database, ids, make_shadows):
    """The emails are counted all the same."""
    candidates = make_shadows(FakeTextModel(version="v2"))
    candidates.note(ids)
    candidates.read(LONG)

    found = report(database)
    assert (found.emails, found.differing, found.examples) == (5, {}, [])


def test_fresh_mail_goes_first(database, ids, make_shadows):
    """Between two batches it is looked for; what waits stays, but for the oldest of very many."""
    goes_on = iter([True, False])
    candidates = make_shadows(CANDIDATE, lambda: next(goes_on))
    candidates.note(ids * MOST_WAITING)

    candidates.read(LONG)

    assert len(candidates._waiting) == MOST_WAITING - BATCH
    assert report(database).emails == 5


def test_without_a_candidate_nothing_is_remembered(database, ids, make_shadows):
    """The common case costs nothing; one that was stopped meanwhile forgets."""
    candidates = make_shadows(CANDIDATE)
    candidates.note(ids)
    candidates._models.shadows = {}

    candidates.read(LONG)
    candidates.note(ids)

    assert len(candidates._waiting) == 0
    assert report(database).emails == 0


@pytest.mark.parametrize(
    "model", [InvalidBundle("has format 1"), FakeTextModel(version="v2", fails_on=lambda _: True)], ids=["load", "read"]
)
def test_one_that_fails_is_stopped(database, ids, make_shadows, model):
    """It reads no more, and mail goes on."""
    candidates = make_shadows(model)
    candidates.note(ids)

    candidates.read(LONG)

    assert report(database).stopped_at is not None
    assert ShadowMarks(candidates._client).found() == {}


def test_one_that_ended_a_worker_is_stopped_by_the_next(database, redis, ids, make_shadows):
    """The mark of a worker that lives is no reason."""
    marks, candidates = ShadowMarks(redis), make_shadows(CANDIDATE)
    marks.leave("another", "v2")
    beat(redis, Heartbeat("another", "text", "v1"))
    candidates.note(ids[:1])
    candidates.read(LONG)
    lives = report(database).stopped_at is None
    redis.delete("triage:worker:another")
    candidates.note(ids[1:])
    candidates.read(LONG)

    assert lives
    assert report(database).stopped_at is not None
    assert (report(database).emails, marks.found()) == (1, {})


def test_versions_are_compared_without_memory(database, ids, make_shadows):
    """What the mailbox taught corrects the active version alone; one that agrees has nothing to show."""
    unaided = distributions_of(reading())
    with database.unit_of_work() as session:
        changed = {"topic": "billing", "urgency": "critical", "action_required": False, "unaided": unaided}
        session.execute(update(Verdict).values(changed))
    candidates = make_shadows(FakeTextModel(version="v2"))
    candidates.note(ids)
    candidates.read(LONG)

    assert (report(database).emails, report(database).differing) == (5, {})
