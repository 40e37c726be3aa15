"""A schedule that is dead, and comes back."""

import time

import pytest

from tests.chaos.load import mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from triage.queue.names import MAIL_STREAM

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

DEAD_FOR_SECONDS = 40  # four rounds of the reconciler, eight of the bell


def test_dead_it_delays_no_mail_and_heals_what_was_lost_when_it_is_back(production, figure):
    """Beat killed for 40 s: new mail is read; entries lost from the stream are found once it runs again (A-15)."""
    production.beat.kill()
    for worker in production.workers:
        production.suspend(worker)
    accepted = send(production.http, mails(200_000, 500))
    production.redis.delete(MAIL_STREAM)
    for worker in production.workers:
        production.resume(worker)
    died_at, waits = time.monotonic(), []
    while time.monotonic() < died_at + DEAD_FOR_SECONDS:
        began = time.monotonic()
        answer = production.http.post("/v1/emails?wait=20", json={"subject": f"hello {began}", "text": "there"}).json()
        waits.append(time.monotonic() - began)
        accepted.add(answer["id"])
        assert answer["state"] == "read"
        time.sleep(1)
    lost = production.status()["emails"]["queued"]
    back_at = time.monotonic()
    production.start_beat()

    settled(production.status)
    seconds = time.monotonic() - back_at

    figure(
        f"A-15: {len(waits)} emails read within {max(waits):.1f} s each while the schedule was dead for 40 s; 500 lost "
        f"entries read {seconds:.1f} s after its start"
    )
    assert lost == 500
    assert_each_read_once(production.database_url, accepted)
