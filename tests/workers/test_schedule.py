"""When beat sends what."""

from datetime import timedelta

import pytest

from workers.schedule import SCHEDULE, steady_now


@pytest.mark.parametrize("entry", SCHEDULE.values(), ids=SCHEDULE.keys())
def test_intervals_do_not_follow_the_wall_clock(entry):
    """Each task is due an interval after the last time by the steady clock, whatever the date (A-15)."""
    interval = entry["schedule"].run_every

    assert entry["schedule"].now() - steady_now() < timedelta(seconds=1)
    assert entry["schedule"].is_due(entry["last_run_at"]).is_due
    assert entry["schedule"].is_due(steady_now() - interval).is_due
    assert not entry["schedule"].is_due(steady_now()).is_due


def test_message_expires_before_the_next_is_sent():
    """A message that nobody took is gone when the next one comes."""
    for entry in SCHEDULE.values():
        assert entry["options"]["expires"] <= entry["schedule"].run_every.total_seconds()
