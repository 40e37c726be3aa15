"""IDLE with servers that say much at once, or nothing: new mail comes in long before the next look."""

from datetime import timedelta
from functools import partial

import pytest

from tests.imap_servers.strange_mail import Stored
from tests.system.conftest import until
from tests.triage.imap.conftest import mail, watches
from triage.imap.account import Password
from triage.imap.watch import Pace

# So long that no test ends by it: what comes in came in by IDLE.
PACE = Pace(idle_renewal=timedelta(minutes=9))


@pytest.fixture
def watched(make_door, strange):
    """Watch an account on the strange server; what was begun ends with the test."""

    def begin_on(begin, pace=PACE, **given):
        door = make_door(port=strange.port, **given)
        begin(door, "us", lambda _: Password("secret"), pace)
        return door

    with watches() as begin:
        yield partial(begin_on, begin)


@pytest.mark.parametrize("with_idle", [([b"* 1 EXISTS"], []), ([], [b"* 1 EXISTS"])], ids=["before", "after"])
def test_news_in_one_packet_with_the_continuation(watched, strange, stored, with_idle):
    """Mail of which the server tells while it goes along with IDLE is not left for the next renewal."""
    strange.quirks.with_idle = with_idle
    strange.quirks.on_idle = lambda: strange.inbox.messages.append(Stored(1, mail(1)))

    watched(interval=timedelta(hours=1))

    until(lambda: stored() == [mail(1)], 60)


def test_without_idle_the_interval_counts(watched, strange, stored):
    """A server that knows no IDLE is asked at every interval, and never for IDLE."""
    strange.quirks.capabilities.discard("IDLE")
    watched(interval=timedelta(seconds=1))
    strange.deliver(mail(1))
    until(lambda: stored() == [mail(1)], 60)

    strange.deliver(mail(2))

    until(lambda: stored() == [mail(1), mail(2)], 60)
    assert "IDLE" not in strange.record.names


def test_all_that_is_strange_at_once(watched, strange, stored, monkeypatch):
    """A running watch takes in all that there is to have, whatever else the server does."""
    monkeypatch.setattr("triage.imap.patience.FIRST_AFTER_REFUSAL", timedelta(seconds=1))
    strange.quirks.unsaid = {"UIDNEXT"}
    strange.quirks.unfetchable, strange.quirks.broken = {2}, {4}
    strange.quirks.missing_bytes = 7
    strange.quirks.amid_fetch = [b"* 3 EXPUNGE", b"* 9 EXISTS"]
    for number in range(1, 7):
        date = "31-Dec-9999 23:59:59 -0500" if number == 5 else "02-Mar-2026 10:00:00 +0000"
        strange.deliver(mail(number), internal_date=date)

    watched(interval=timedelta(seconds=1))

    until(lambda: sorted(stored()) == sorted(mail(number) for number in (1, 3, 5, 6)), 60)
