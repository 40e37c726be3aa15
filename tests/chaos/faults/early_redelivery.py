"""Tasks are delivered again after seconds, not an hour; nobody should ever shorten that below the longest task."""

from datetime import timedelta

BROKEN = "triage.queue.broker"


def break_it(module):
    module.VISIBILITY_TIMEOUT = timedelta(seconds=2)
