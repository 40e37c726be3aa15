"""Many workers on one machine: each loads TensorFlow for itself and none hangs (A-16)."""

import threading
from datetime import timedelta

import psutil
import pytest

from tests.make import url_of
from triage.queue import Predictions, celery_app, connect
from triage.queue.heartbeat import State
from triage.settings import sqlite_url
from triage.storage.seal import Seal
from triage.storage.session import Database

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

BYTES_EACH = 900_000_000
# An answer that has not come by then counts as a hang.
GUARD = timedelta(seconds=30)


def test_many_workers_answer_a_thousand_predictions_each(start_worker, data, redis, figure):
    """Eight workers, or as many as fit into memory; as many clients ask for 1,000 readings, one after the other."""
    count = max(2, min(8, psutil.virtual_memory().available // BYTES_EACH))
    workers = [start_worker() for _ in range(count)]
    for worker in workers:
        worker.await_state(State.READY)
    answered = [0] * count

    def ask(client):
        seal = Seal(Database(sqlite_url(data)))
        predictions = Predictions(connect(url_of(redis)), celery_app(url_of(redis)), seal)
        for number in range(1000):
            text = {"subject": f"Order {number}", "body": "Where is my parcel? " * (1 + number % 50)}
            answered[client] += len(predictions.ask([text], patience=GUARD))

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    took_part = [worker.heartbeat().last_task_at is not None for worker in workers]
    megabytes = [worker.rss_bytes() // 10**6 for worker in workers]
    figure(f"A-16: {count} workers gave {sum(answered)} of {count * 1000} answers; {megabytes} MB each")
    assert answered == [1000] * count
    assert all(took_part)
