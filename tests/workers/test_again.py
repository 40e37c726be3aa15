"""Reading again in a worker: behind fresh mail, by one at a time, through deaths, and past what cannot be read."""

from datetime import timedelta
from threading import Lock

import pytest
from sqlalchemy import select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading, url_of
from triage.classify import classify, ranked_by
from triage.feedback import label
from triage.labels import Urgency
from triage.learning import due, learn
from triage.queue import ReadingAgain, WorkStream, celery_app
from triage.queue.again import Held
from triage.queue.heartbeat import Heartbeat, beat
from triage.ranking import Statement
from triage.rereading import read_again
from triage.storage import emails, verdicts
from triage.storage.tables import Email, Verdict
from workers.again import BATCH, Again
from workers.models import Models
from workers.reader import Reader

LONG = timedelta(seconds=60)
COUNT = 2 * BATCH + 5


@pytest.fixture
def ids(database, redis):
    """More emails than two batches, read with an earlier shipped model and taken off the stream."""
    raws = [raw_message(f"mail {n}", f"body {n}") for n in range(COUNT)]
    made = [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]
    with database.unit_of_work() as session:
        classify(session, made, FakeTextModel(version="v1"), POLICY, NOW)
    redis.flushall()
    return made


@pytest.fixture
def notes(redis):
    return ReadingAgain(redis, celery_app(url_of(redis)))


@pytest.fixture
def make_again(database, redis, tmp_path, notes):
    """Make what reads again with a model, as a worker would; its turn is `mine`."""

    def makes(model, drain=lambda: None):
        shipped = Reader(lambda: tmp_path, lambda _: model)
        models = Models(shipped, database, lambda version: model, kept=1)
        notes.is_mine("mine")
        return Again(database, models, notes, redis, WorkStream(redis), lambda: POLICY, drain=drain, reading=Lock())

    return makes


def read_with(database, version):
    """The emails that have a verdict of a version."""
    with database.reading() as session:
        return set(session.scalars(select(Verdict.email_id).where(Verdict.model_version == version)))


def standing_by(database, version):
    """The emails that stand by a version."""
    with database.reading() as session:
        return set(session.scalars(select(Email.id).where(Email.model_version == version)))


def test_all_is_read_again_in_small_batches(database, ids, make_again):
    """And then nothing is left."""
    sizes = []

    class Counting(FakeTextModel):
        def read(self, texts):
            sizes.append(len(texts))
            return super().read(texts)

    again = make_again(Counting(version="v2"))

    assert again.go_on("mine", LONG) is False
    assert sizes == [BATCH, BATCH, 5]
    assert standing_by(database, "v2") == set(ids)


def test_a_turn_ends_and_the_next_goes_on(database, ids, make_again):
    """Whoever waits for this worker waits no longer than a turn; what is left is found in the database."""
    again = make_again(FakeTextModel(version="v2"))
    turns = [again.go_on("mine", timedelta(0))]
    half = read_with(database, "v2")
    turns.append(make_again(FakeTextModel(version="v2")).go_on("mine", LONG))

    assert turns == [True, False]
    assert len(half) == 0
    assert read_with(database, "v2") == set(ids)


def test_fresh_mail_waits_for_no_more_than_a_batch(database, redis, ids, make_again):
    """It is read after the batch that is being read, and old mail goes on afterwards."""
    stream, read_before_fresh = WorkStream(redis), []

    class Interrupted(FakeTextModel):
        def read(self, texts):
            if not self.have_read:
                stream.add([ids[0]])
            return super().read(texts)

    def drain():
        read_before_fresh.append(len(read_with(database, "v2")))
        redis.flushall()

    again = make_again(Interrupted(version="v2"), drain)

    assert again.go_on("mine", LONG) is False
    assert read_before_fresh == [BATCH]


def test_a_backlog_of_fresh_mail_ends_the_turn(redis, ids, make_again):
    """As long as more comes than a worker reads, old mail gets a batch a turn."""
    WorkStream(redis).add([ids[0]])
    again = make_again(model := FakeTextModel(version="v2"))

    assert again.go_on("mine", LONG) is True
    assert len(model.have_read) == BATCH


def test_one_mail_that_cannot_be_read_keeps_its_verdict_and_stops_no_other(database, ids, make_again, notes):
    """It is named once, and not tried again and again."""
    model = FakeTextModel(version="v2", fails_on=lambda text: text.subject == "mail 3")
    again = make_again(model)

    assert again.go_on("mine", LONG) is False
    assert read_with(database, "v2") == set(ids) - {ids[3]}
    assert notes.refused("v2") == {ids[3]}
    assert standing_by(database, "v1") == {ids[3]}


def test_mail_that_ends_the_process_ends_it_twice_at_most(database, ids, make_again, notes):
    """Once among others, once alone; then it keeps the verdict that it has."""

    class Death(BaseException):
        """Stands for a process that is gone: nothing after it runs, not even what is left in Redis."""

    class DeadlyModel(FakeTextModel):
        def read(self, texts):
            if any(text.subject == "mail 3" for text in texts):
                raise Death
            return super().read(texts)

    deaths, notes.release = 0, lambda: None
    for _ in range(5):
        try:
            is_left = make_again(DeadlyModel(version="v2")).go_on("mine", LONG)
        except Death:
            deaths += 1
        else:
            assert is_left is False
            break

    assert deaths == 2
    assert read_with(database, "v2") == set(ids) - {ids[3]}


def test_one_alone_when_the_worker_died_is_not_read_again(ids, make_again, notes):
    """What a worker held is known to the next one."""
    notes.hold(Held("v2", (ids[0],)))

    make_again(FakeTextModel(version="v2")).go_on("mine", LONG)

    assert (notes.refused("v2"), notes.held()) == ({ids[0]}, None)


def test_workers_with_two_shipped_models_do_not_read_after_each_other(database, redis, ids, make_again):
    """While a release is rolled out they would do so for ever; the last to come begins."""
    beat(redis, Heartbeat("old", "text", "v1"))
    again = make_again(FakeTextModel(version="v2"))

    waited = again.go_on("mine", LONG), read_with(database, "v2")
    redis.flushall()
    again.go_on("mine", LONG)

    assert waited == (False, set())
    assert read_with(database, "v2") == set(ids)


def test_turns_do_not_multiply(redis, notes):
    """However many begin one, one message is on its way; a turn that was passed on counts no more."""
    for _ in range(5):
        notes.begin()

    assert redis.llen("text") == 1
    assert not notes.is_mine("another")
    notes.end()
    notes.begin()
    assert redis.llen("text") == 2


def test_urgent_mail_rises_when_it_is_read_again(database, ids, make_again):
    """What the earlier version took for calm stands where the active one puts it."""
    make_again(FakeTextModel(reading(urgency=Urgency.CRITICAL), version="v2")).go_on("mine", LONG)

    with database.reading() as session:
        bands = set(session.scalars(select(Email.band)))
    assert bands == {"critical"}


def test_mail_is_read_again_with_what_was_learned(database, ids, make_again):
    """Also where it stands by a verdict of before: that says what the memory of today makes of it."""
    again = make_again(FakeTextModel(reading(confidence=0.5), version="v2"))
    with database.unit_of_work() as session:
        classify_again(session, ids[:1])
        told = {"source": "human", "author": "anna", "now": NOW, "policy": POLICY}
        label(session, ids[1:2], Statement(urgency=Urgency.CRITICAL), **told)
    assert again.go_on("mine", timedelta(0)) is True
    read_again(database, ids[1:2], FakeTextModel(reading(confidence=0.5), version="v2"), POLICY, NOW)
    with database.reading() as session:
        (mailbox,) = due(session, lambda _: "v2")
    learn(database, mailbox, NOW)

    again = make_again(FakeTextModel(reading(confidence=0.5), version="v2"))
    again.go_on("mine", LONG)

    with database.reading() as session:
        found = session.execute(select(Verdict.urgency, Verdict.generation).where(Verdict.model_version == "v2")).all()
    assert standing_by(database, "v2") == set(ids)
    assert set(found) == {("critical", 1), ("normal", None)}


def classify_again(session, email_ids):
    """Give emails a verdict of the second version, by which they do not stand."""
    texts = emails.emails_to_read(session, email_ids, state=emails.READ)
    model = FakeTextModel(reading(confidence=0.5), version="v2")
    verdicts.add_verdicts(session, [verdict for _, verdict, _ in ranked_by(model, texts, POLICY, NOW)])
