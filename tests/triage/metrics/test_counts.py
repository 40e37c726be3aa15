"""A process counts what it did once it is committed, under labels that stay few."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from tests.ports import free_port
from triage import feedback
from triage.classify import classify
from triage.labels import Topic, Urgency
from triage.metrics.names import Names
from triage.metrics.port import serve_metrics
from triage.metrics.registry import REGISTRY
from triage.ranking import Statement

MODEL = FakeTextModel(reading(topic=Topic.BILLING, urgency=Urgency.LOW, confidence=0.93))


class Since:
    """How far counts rose since this was made."""

    def __init__(self):
        samples = [one for family in REGISTRY.collect() for one in family.samples]
        self._before = {(one.name, *sorted(one.labels.items())): one.value for one in samples}

    def rise(self, name, **labels):
        now = REGISTRY.get_sample_value(name, labels) or 0.0
        return now - self._before.get((name, *sorted(labels.items())), 0.0)


@pytest.fixture
def ids(database, redis):
    """Three stored emails."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}", f"body {n}") for n in range(3)))
    return [receipt.email_id for receipt in receipts]


def test_readings_are_counted_by_what_the_model_said(database, ids):
    """Topic, band and version; how sure; applied or not; and how long the mail waited."""
    since = Since()

    with database.unit_of_work() as session:
        classify(session, ids, MODEL, POLICY, NOW + timedelta(seconds=20))

    said = {"topic": "billing", "band": "low", "model_version": "fake-1"}
    assert since.rise("triage_readings_total", **said) == 3
    assert since.rise("triage_topics_total", state="applied") == 3
    assert since.rise("triage_reading_confidence_bucket", field="topic", le="0.95") == 3
    assert since.rise("triage_reading_confidence_bucket", field="topic", le="0.9") == 0
    assert since.rise("triage_email_wait_seconds_sum") == 60


def test_what_is_rolled_back_or_read_before_is_not_counted(database, ids):
    """A worker that dies before its commit, and a batch that is delivered twice, count nothing."""
    since = Since()

    with database.reading() as session:  # never commits
        classify(session, ids, MODEL, POLICY, NOW)
    assert since.rise("triage_email_wait_seconds_count") == 0

    for _ in range(2):
        with database.unit_of_work() as session:
            classify(session, ids, MODEL, POLICY, NOW)
    assert since.rise("triage_email_wait_seconds_count") == 3


def test_labels_are_compared_with_what_the_model_said(database, ids):
    """By field: the same, something else, or nothing yet; what machines say by the thousand is no disagreement."""
    with database.unit_of_work() as session:
        classify(session, ids[:2], MODEL, POLICY, NOW)
    since = Since()

    def say(email_id, source="human", **heads):
        with database.unit_of_work() as session:
            feedback.label(
                session, [email_id], Statement(**heads), source=source, author="anna", now=NOW, policy=POLICY
            )

    say(ids[0], topic="Billing", urgency=Urgency.CRITICAL)
    say(ids[1], topic="technical", source="client")
    say(ids[2], topic="billing")
    say(ids[1], urgency=Urgency.HIGH, source="import")

    for model in ("agreed", "differed", "silent"):
        assert since.rise("triage_labels_total", field="topic", model=model) == 1
    assert since.rise("triage_labels_total", field="urgency", model="differed") == 1


def test_said_again_counts_once(database, ids):
    """What is in force already adds no label and no count."""
    since = Since()

    for _ in range(2):
        with database.unit_of_work() as session:
            feedback.label(
                session, ids, Statement(topic="billing"), source="human", author="anna", now=NOW, policy=POLICY
            )

    assert since.rise("triage_labels_total", field="topic", model="silent") == 3


def test_people_cannot_make_series_without_end():
    """The first names are told apart, those after them are one."""
    names = Names(2)

    assert [names.of(name) for name in ("a", "b", "c", "a", "d")] == ["a", "b", "other", "a", "other"]


def test_port_that_is_taken_keeps_nobody_from_work():
    """The log says what to do, and the process goes on."""
    port = free_port()
    serve_metrics("127.0.0.1", port)

    with capture_logs() as logs:
        serve_metrics("127.0.0.1", port)
        serve_metrics("127.0.0.1", 0)

    assert [(one["event"], one["port"]) for one in logs] == [("metrics are not served", port)]
    assert "TRIAGE_METRICS_PORT" in logs[0]["advice"]
