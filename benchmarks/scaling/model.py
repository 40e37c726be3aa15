"""The capacity model: what a mail costs each part, and what that means for a number of mails.

A worker reads a batch, asks PostgreSQL and Redis and waits for them, so it and what it asks for keep one core busy in
turn. `n` workers then read `min(n, cores) / cost` mails a second, `cost` being the processor time of worker, PostgreSQL
and Redis for one mail together. That leaves out what waits for a disk, and is wrong where it counts: the table beside
it says by how much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.scaling.measures import READING, TAKING

Row = Mapping[str, Any]

# Parts are given this much of a core's time; the rest is for bursts and for what nobody thought of.
UTILISATION = 0.6


@dataclass(frozen=True, slots=True)
class Costs:
    """What one mail costs: seconds of a processor for intake and for reading, commands, and bytes."""

    web: float
    worker: float
    postgres_taking: float
    postgres_reading: float
    redis_taking: float
    redis_reading: float
    redis_commands: float
    redis_bytes: float
    stored_bytes: float

    @property
    def reading(self) -> float:
        """Return what reading a mail costs all parts together."""
        return self.worker + self.postgres_reading + self.redis_reading

    @property
    def all(self) -> float:
        """Return what a mail costs all parts together, intake included."""
        return self.web + self.reading + self.postgres_taking + self.redis_taking


def costs_of(results: Row) -> Costs:
    """Return medians over rounds; reading's are of the fewest workers, who stand least in each other's way."""
    taking = [row for row in results["rows"] if row["phase"] == TAKING]
    fewest = min(row["workers"] for row in results["rows"] if row["phase"] == READING)
    reading = [row for row in results["rows"] if row["phase"] == READING and row["workers"] == fewest]
    stored = sum(sum(one.values()) for one in results["tables"].values()) / results["stored"]
    return Costs(
        web=_cpu(taking, "serve"),
        worker=_cpu(reading, "worker"),
        postgres_taking=_cpu(taking, "postgres"),
        postgres_reading=_cpu(reading, "postgres"),
        redis_taking=_cpu(taking, "redis"),
        redis_reading=_cpu(reading, "redis"),
        redis_commands=median(row["redis_commands"] for row in taking)
        + median(row["redis_commands"] for row in reading),
        redis_bytes=median(row["redis_bytes_waiting"] for row in taking),
        stored_bytes=stored,
    )


def predicted(costs: Costs, workers: int, cores: float) -> float:
    """Return how many mails a second so many workers read on so many cores."""
    return min(workers, cores) / costs.reading


def cores_for(seconds: float, rate: float) -> float:
    """Return the cores that a part needs for a rate of mails, at the share of their time that is meant to be used."""
    return rate * seconds / UTILISATION


def _cpu(rows: Sequence[Row], part: str) -> float:
    """Return the median of a part's seconds per mail; workers are counted together."""
    return median(
        sum(spent for name, spent in row["cpu_us"].items() if name == part or name.startswith(f"{part}-")) / 1e6
        for row in rows
    )
