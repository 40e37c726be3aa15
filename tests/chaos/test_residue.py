"""What is left in Redis when all work is done: nothing."""

import time

import pytest

from tests.chaos.load import mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.queue import WorkStream, celery_app
from triage.queue.names import DRAIN_MAIL, MAIL_STREAM

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

ENTRIES, TASKS = 90_000, 10_000


def used(production) -> tuple[int, int]:
    """Return how many keys Redis has and how many bytes it uses."""
    return production.redis.dbsize(), production.redis.info("memory")["used_memory"]


def test_work_done_leaves_neither_keys_nor_memory(production, figure):
    """90,000 entries of the stream and 10,000 tasks, a tenth of the million of the claim (A-37)."""
    accepted = send(production.http, mails(300_000, 1_000))
    settled(production.status)
    of_the_dead = production.unacknowledged()
    until(lambda: production.is_idle(but_for=of_the_dead), 60)
    keys_before, bytes_before = used(production)

    app = celery_app(production.redis_url)
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(TASKS):
            app.send_task(DRAIN_MAIL, producer=producer)
    ids = sorted(accepted)
    for _ in range(ENTRIES // len(ids)):
        WorkStream(production.redis).add(ids)
    _, bytes_most = used(production)
    began = time.monotonic()
    until(lambda: production.is_idle(but_for=of_the_dead), 400)
    seconds = time.monotonic() - began
    keys_after, bytes_after = used(production)

    figure(
        f"A-37: {ENTRIES + TASKS:,} entries and tasks done in {seconds:.0f} s; Redis had {keys_before} keys and "
        f"{bytes_before / 1e6:.1f} MB before, {bytes_most / 1e6:.1f} MB meanwhile, {keys_after} keys and "
        f"{bytes_after / 1e6:.1f} MB after"
    )
    assert production.redis.xlen(MAIL_STREAM) == 0
    assert abs(keys_after - keys_before) <= 5
    assert bytes_after < bytes_before + 2_000_000
    assert_each_read_once(production.database_url, accepted)
