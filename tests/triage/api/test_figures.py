"""What `/metrics` says of the whole instance."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from triage.outbox import Event, Fact, announce
from triage.queue import WorkStream
from triage.queue.heartbeat import RECOGNIZES, Heartbeat, State, beat
from triage.storage import outbox, webhooks
from triage.storage.tables import Delivery, Email, Webhook


@pytest.fixture
def figures(client):
    """Ask, and return the samples by name and labels."""

    def asks():
        answer = client.get("/metrics")
        assert answer.status_code == 200
        lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    return asks


def test_figures_say_how_long_mail_has_waited(client, database, redis, figures):
    """By the database, which forgets nothing, and by the stream; what a worker has in hand is not behind any more."""
    ids = [client.post("/v1/emails", json={"subject": f"mail {n}", "text": "x"}).json()["id"] for n in range(3)]
    with database.unit_of_work() as session:
        session.execute(
            update(Email).where(Email.id == ids[0]).values(enqueued_at=datetime.now(UTC) - timedelta(hours=1))
        )
    next(iter(WorkStream(redis, consumer="somebody", batch_size=2).batches(timedelta(0))))

    told = figures()

    assert 3600 <= told["triage_oldest_waiting_seconds"] < 4000
    assert 0 < told["triage_stream_age_seconds"] < 400
    assert (told["triage_stream_length"], told["triage_stream_lag"]) == (3, 1)
    assert told['celery_queue_length{queue_name="text"}'] == 1  # the doorbell


def test_figures_of_an_empty_instance_are_zero(figures):
    """Nothing is missing that an alarm could be set on, and asking makes nothing in Redis."""
    told = figures()

    for name in ("triage_oldest_waiting_seconds", "triage_stream_age_seconds", "triage_stream_lag", "triage_workers"):
        assert told[name] == 0
    assert told['triage_emails{state="failed"}'] == told['triage_trainings{state="failed"}'] == 0
    assert told['triage_part_works{part="database"}'] == told['triage_part_works{part="redis"}'] == 1


def test_figures_tell_of_webhooks(database, figures):
    """What waits and since when, what was given up, and for how long a receiver has not taken all."""
    now = datetime.now(UTC)
    with database.unit_of_work() as session:
        for _ in range(2):
            hook = Webhook(url="https://example.com/", events=["email.ranked"], secret=b"", created_at=now, problem="")
            webhooks.add(session, hook)
        announce(session, Event.EMAIL_RANKED, [Fact(f"email {n}", None, {}) for n in range(3)], now)
        hour_ago = now - timedelta(hours=1)
        session.execute(update(Delivery).where(Delivery.id == 1).values(created_at=hour_ago))
        session.execute(update(Delivery).where(Delivery.id == 3).values(state=outbox.FAILED))
        session.execute(update(Webhook).where(Webhook.id == 1).values(failing_since=hour_ago))
        session.execute(update(Webhook).where(Webhook.id == 2).values(disabled_at=now))

    told = figures()

    waiting = sum(told[f'triage_webhook_waiting{{webhook="{n}"}}'] for n in (1, 2))
    given_up = sum(told[f'triage_webhook_given_up{{webhook="{n}"}}'] for n in (1, 2))
    assert (waiting, given_up) == (5, 1)
    assert told['triage_webhook_oldest_seconds{webhook="1"}'] >= 3600
    assert told['triage_webhook_failing_seconds{webhook="1"}'] >= 3600
    assert told['triage_webhook_failing_seconds{webhook="2"}'] == 0
    assert (told['triage_webhook_disabled{webhook="1"}'], told['triage_webhook_disabled{webhook="2"}']) == (0, 1)


def test_figures_say_which_models_workers_hold(redis, figures):
    """One sample for each version, however many workers have it."""
    for worker, version in (("a", "v1"), ("b", "v1"), ("c", "v2")):
        beat(redis, Heartbeat(worker, "text", version))
    beat(redis, Heartbeat("d", RECOGNIZES, None, state=State.DEAF))

    told = figures()

    assert [key for key in told if key.startswith("triage_model_info")] == [
        'triage_model_info{kind="text",version="v1"}',
        'triage_model_info{kind="text",version="v2"}',
    ]
    assert told['triage_worker_states{kind="image",state="deaf"}'] == 1
    assert told["triage_workers_ready"] == 3


def test_redis_that_is_full_or_frozen_is_told(redis, redis_server, figures):
    """What the database knows is told all the same."""
    redis.config_set("maxmemory", "1")
    try:
        full = figures()
    finally:
        redis.config_set("maxmemory", "0")
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        frozen = figures()
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)

    assert full['triage_part_works{part="redis"}'] == frozen['triage_part_works{part="redis"}'] == 0
    assert full["triage_stream_length"] == 0
    assert "triage_stream_length" not in frozen
    assert frozen['triage_emails{state="queued"}'] == 0
    assert frozen['triage_part_works{part="database"}'] == 1
