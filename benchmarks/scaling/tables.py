"""Writes the results of `benchmarks.scaling` into docs/scaling.md.

    python -m benchmarks.scaling.tables [--results FILE.json] [--page FILE.md]

Blocks between marks (see `benchmarks.tables`): `workers` is what more of them bought beside what the model says,
`costs` what a mail costs each part, `capacity` what the model makes of that. A figure is the median over rounds with
the lowest and highest of them.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scaling.measures import READING, TAKING
from benchmarks.scaling.model import UTILISATION, Costs, cores_for, costs_of, predicted
from benchmarks.speed_tables import machine_line
from benchmarks.tables import markdown, put_blocks

ROOT = Path(__file__).parents[2]
RATES = (10, 100, 1000)
STORED = (1_000_000, 100_000_000)
LONGEST_TABLE = 6

Row = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling.tables", description="Write docs/scaling.md.")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results" / "scaling.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "scaling.md")
    told = parser.parse_args(arguments)
    results = json.loads(told.results.read_text(encoding="utf-8"))
    blocks = {"workers": workers(results), "costs": costs(results), "capacity": capacity(costs_of(results))}
    return 0 if put_blocks(told.page, blocks) else 1


def workers(results: Row) -> str:
    """Return mails a second by number of workers, as ratios to the fewest, and beside the model."""
    rows = [row for row in results["rows"] if row["phase"] == READING]
    fewest = min(row["workers"] for row in rows)
    base = {row["round"]: row["ranked_per_second"] for row in rows if row["workers"] == fewest}
    cores = results["machine"]["cores"]
    table = [
        ["workers", "emails/s", f"times that of {fewest}", "cores left to us", "the model says", "measured / model"]
    ]
    for count in sorted({row["workers"] for row in rows}):
        own = [row for row in rows if row["workers"] == count]
        left = median(cores - row["others"] for row in own)
        said = predicted(costs_of(results), count, left)
        table.append(
            [
                f"{count}, more than there are cores" if count > cores else str(count),
                _spread([row["ranked_per_second"] for row in own]),
                _spread([row["ranked_per_second"] / base[row["round"]] for row in own], 2),
                f"{left:.1f}",
                f"{said:,.0f}",
                f"{median(row['ranked_per_second'] for row in own) / said:.2f}",
            ]
        )
    return f"{machine_line(results)}\n\n{markdown(table)}"


def costs(results: Row) -> str:
    """Return processor time by part, Redis commands, bytes and connections."""
    taking = [row for row in results["rows"] if row["phase"] == TAKING]
    reading = [row for row in results["rows"] if row["phase"] == READING]
    counts = sorted({row["workers"] for row in reading})
    table = [["processor time per email, µs", "taking in (API, bulk)"]]
    table[0] += [f"reading, {_so_many(count)}" for count in counts]
    for label, part in (("API", "serve"), ("workers", "worker"), ("PostgreSQL", "postgres"), ("Redis", "redis")):
        cells = [label, _spread([_of(row, part) for row in taking])]
        cells += [_spread([_of(row, part) for row in reading if row["workers"] == count]) for count in counts]
        table.append(cells)
    by_count = [[row["redis_commands"] for row in reading if row["workers"] == count] for count in counts]
    commands = ["Redis commands per email", _spread([row["redis_commands"] for row in taking], 2)]
    commands += [_spread(values, 2) for values in by_count]
    table.append(commands)
    return f"{markdown(table)}\n\n{_sizes(results)}\n\n{_connections(reading, counts)}"


def capacity(costs: Costs) -> str:
    """Return what the model makes of the costs, for some rates and some numbers of stored mails."""
    table = [["emails a second, all day", *(f"{rate:,}" for rate in RATES)]]
    parts = {
        "cores for text workers": costs.worker,
        "cores for the API": costs.web,
        "cores for PostgreSQL": costs.postgres_taking + costs.postgres_reading,
        "cores for Redis": costs.redis_taking + costs.redis_reading,
    }
    for label, seconds in parts.items():
        table.append([label, *(f"{cores_for(seconds, rate):.2f}" for rate in RATES)])
    table.append(["Redis commands a second", *(f"{costs.redis_commands * rate:,.0f}" for rate in RATES)])
    table.append(
        ["Redis, an hour's mail waiting", *(f"{costs.redis_bytes * rate * 3600 / 1e6:,.0f} MB" for rate in RATES)]
    )
    table.append(
        ["PostgreSQL grows by, a day", *(f"{costs.stored_bytes * rate * 86400 / 1e9:,.0f} GB" for rate in RATES)]
    )
    stored = [["emails stored", *(f"{size:,}" for size in STORED)]]
    stored.append(["PostgreSQL, indexes included", *(f"{costs.stored_bytes * size / 1e9:,.0f} GB" for size in STORED)])
    used = f"Cores are meant to be busy for {100 * UTILISATION:.0f} % of their time."
    used += " Mail as in the benchmark, without attachments."
    return f"{used}\n\n{markdown(table)}\n\n{markdown(stored)}"


def _sizes(results: Row) -> str:
    """Return bytes per stored mail, by table."""
    by_table = {name: sum(one.values()) / results["stored"] for name, one in results["tables"].items()}
    table = [["bytes per stored email, PostgreSQL", "rows", "beside the rows (TOAST)", "indexes", "together"]]
    for name in sorted(by_table, key=lambda name: -by_table[name])[:LONGEST_TABLE]:
        one = results["tables"][name]
        cells = [f"{one[kind] / results['stored']:,.0f}" for kind in ("rows", "beside", "indexes")]
        table.append([f"`{name}`", *cells, f"{by_table[name]:,.0f}"])
    table.append(["all", "", "", "", f"**{sum(by_table.values()):,.0f}**"])
    waiting = median(row["redis_bytes_waiting"] for row in results["rows"] if row["phase"] == TAKING)
    said = f"Over {results['stored']:,} emails. In Redis a waiting email takes {waiting:.0f} bytes, a read one none."
    return f"{markdown(table)}\n\n{said}"


def _connections(reading: Sequence[Row], counts: Sequence[int]) -> str:
    table = [["connections under load, the benchmark's own included", *map(_so_many, counts)]]
    for label, kind in (("PostgreSQL", "postgres"), ("Redis", "redis")):
        found = [median(row["connections"][kind] for row in reading if row["workers"] == count) for count in counts]
        table.append([label, *(f"{value:.0f}" for value in found)])
    return markdown(table)


def _so_many(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"


def _of(row: Row, part: str) -> float:
    """Return the microseconds of a part, workers together."""
    return float(sum(spent for name, spent in row["cpu_us"].items() if name == part or name.startswith(f"{part}-")))


def _spread(values: Sequence[float], digits: int = 0) -> str:
    middle = f"{median(values):,.{digits}f}"
    return f"{middle} ({min(values):,.{digits}f}–{max(values):,.{digits}f})" if len(values) > 1 else middle


if __name__ == "__main__":
    sys.exit(main())
