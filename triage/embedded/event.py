"""What happens to the programs we keep running, as told to a person."""

import signal
from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """What can happen to a child."""

    STARTED = "started"
    READY = "ready"
    ENDED = "ended"  # though nobody asked it to; it starts again
    KILLED = "killed"  # by us, for it did not end when asked
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a child, and the sentence that says so."""

    what: What
    child: str
    pid: int
    sentence: str


def how_it_ended(exit_code: int | None) -> str:
    """Say it in words: `ended with exit code 1`, or `was ended by signal 9 (Killed)` for -9."""
    if exit_code is not None and exit_code < 0:
        return f"was ended by signal {-exit_code} ({signal.strsignal(-exit_code)})"
    return f"ended with exit code {exit_code}"
