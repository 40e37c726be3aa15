"""What a stretch of work cost: CPU time of each process, and how busy others kept the machine meanwhile."""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

import psutil


class Meter:
    """Reads the CPU clocks of processes before and after; ours is among them as `client`.

    Args:
        pids: Processes by name; their children, living and dead, count as theirs.
        mails: How many mails were worked on.
    """

    def __init__(self, pids: Mapping[str, int], mails: int) -> None:
        self._pids = pids
        self._mails = mails

    def __enter__(self) -> Self:
        self._before, self._machine_before, self._began = self._spent(), _busy_seconds(), time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self._wall = time.monotonic() - self._began
        self._machine = _busy_seconds() - self._machine_before
        after = self._spent()
        self.seconds = {name: after[name] - self._before[name] for name in self._before if name in after}

    def figures(self) -> dict[str, Any]:
        """Return `cpu_us` per mail of each process, and `others`: cores that somebody else kept busy."""
        ours = sum(self.seconds.values())
        return {
            "cpu_us": {name: 1e6 * seconds / self._mails for name, seconds in self.seconds.items()},
            "others": max(0.0, (self._machine - ours) / self._wall),
        }

    def _spent(self) -> dict[str, float]:
        found = {name: _with_children(pid) for name, pid in self._pids.items()}
        return found | {"client": time.process_time()}


def memory_mib(pids: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """Return resident (rss), unshared (uss) and proportional (pss) memory of each process with its children."""
    found = {}
    for name, pid in pids.items():
        sizes = []
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # servers start and end children as they like
                sizes.append(process.memory_full_info())
        found[name] = {kind: sum(getattr(size, kind) for size in sizes) / 2**20 for kind in ("rss", "uss", "pss")}
    return found


def percentiles(values: list[float]) -> dict[str, float]:
    """Return p50, p95, p99 and the highest of at least one value; each is a value that occurred (nearest rank)."""
    ordered = sorted(values)
    ranks = {name: max(0, -(-len(ordered) * percent // 100) - 1) for name, percent in PERCENTS.items()}
    return {name: ordered[rank] for name, rank in ranks.items()} | {"highest": ordered[-1]}


PERCENTS = {"p50": 50, "p95": 95, "p99": 99}


def _with_children(pid: int) -> float:
    total = 0.0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            spent = process.cpu_times()
        except psutil.Error:
            continue
        total += spent.user + spent.system + spent.children_user + spent.children_system
    return total


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0) + getattr(times, "guest", 0.0)
    return float(sum(times) - idle)


def cores() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0))
