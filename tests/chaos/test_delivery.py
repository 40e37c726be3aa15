"""Tasks that are delivered more than once."""

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.chaos.load import fault, mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.chaos.production import Production, producing
from tests.system.conftest import until
from triage.queue import celery_app
from triage.queue.names import DRAIN_MAIL

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def deliveries(logs: str) -> Counter[str]:
    """How often workers received each drain, by the id of its task."""
    return Counter(re.findall(r"Task triage\.drain_mail\[(\S+?)\] received", logs))


@pytest.fixture
def impatient(own_postgres, tmp_path) -> Iterator[Production]:
    """Workers that are given each other's tasks after two seconds, and each other's mail after one."""
    variables = {
        **fault("early_redelivery"),
        "TRIAGE_CLAIM_AFTER": "PT1S",
        "TRIAGE_DRAIN_BATCH_SIZE": "32",
        "TRIAGE_LOG_LEVEL": "debug",
    }
    with producing(own_postgres, tmp_path, **variables) as production:
        yield production


def test_drain_in_two_workers_at_once_gives_each_mail_one_verdict(impatient, figure):
    """Drains outlast the visibility timeout and are delivered again, others come twice, in 2,000 mails (A-12)."""
    app, accepted, paused = celery_app(impatient.redis_url), set(), 0
    for part in range(5):
        accepted |= send(impatient.http, mails(400 * part, 400))
        for _ in range(2):
            app.send_task(DRAIN_MAIL, task_id=f"twice-{part}")
        worker = impatient.one_that_holds_mail()
        if worker is not None:
            paused += 1
            time.sleep(4)  # twice the visibility timeout
            impatient.resume(worker)
    settled(impatient.status)
    until(impatient.is_idle, 60)

    received = deliveries(impatient.worker_logs())
    again = sum(count > 1 for task, count in received.items() if not task.startswith("twice"))
    figure(
        f"A-12: {paused} of {sum(received.values())} drains held up for longer than the visibility timeout, {again} "
        f"delivered again, during {len(accepted):,} mails: one verdict each"
    )
    assert again > 0
    assert all(received[f"twice-{part}"] >= 2 for part in range(5))
    assert_each_read_once(impatient.database_url, accepted)
