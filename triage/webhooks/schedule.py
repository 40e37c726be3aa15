"""When an event is sent again that was not taken.

Source:
    Standard Webhooks, "Retry schedule": at once, and then after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and
    24 hours; a little apart from others, so that not all come back in the same moment.
"""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.1


def next_wait(step: int, schedule: Sequence[timedelta], random: Random) -> timedelta | None:
    """Return how long to wait after a try that failed, `None` when it was the last; `step` is 0 for the first try."""
    return schedule[step] * (1 + JITTER * random.random()) if step < len(schedule) else None
