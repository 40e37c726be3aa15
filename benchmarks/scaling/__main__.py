"""What more workers buy, and what a mail costs each part: processor time, Redis commands, bytes, connections.

    python -m benchmarks.scaling [--workers 1 2 4] [--rounds 3] [--mails 4000]     (make bench-scaling)

A round has a PostgreSQL database of its own, that waits for its disk at every commit, and a Redis as `triage up` runs
it. First the API takes mail in while no worker lives, which says what intake costs. Then each number of workers drains
a backlog alone, from the stored mail to the committed place in the inbox, and the next round takes the numbers in
reverse. Everything shares one machine, so more workers than cores buy nothing; the model says where that is
(`benchmarks/scaling/model.py`).

Results go to `benchmarks/results/scaling.json`; `python -m benchmarks.scaling.tables` writes docs/scaling.md from them.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.doors import drawn, through_api, through_intake
from benchmarks.machine import machine
from benchmarks.made_mail import MadeMail, made_mail
from benchmarks.pipeline import forget_settings
from benchmarks.scaling.measures import backlog, bytes_of_tables, connections, taking_in
from benchmarks.stack import DurablePostgres, Stack, stack_on
from tests.postgres import PostgresServer

RESULTS = Path(__file__).parents[1] / "results" / "scaling.json"
WARM = 300

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description="Measure what workers buy.")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="numbers of text workers to try")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mails", type=int, default=4000, help="mails of a backlog, and of taking in")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    forget_settings()
    supply, rows, kept = made_mail(told.seed), [], {}
    with DurablePostgres.started() as server:
        for number in range(told.rounds):
            order = sorted(told.workers, reverse=number % 2 == 1)
            found, kept = _round(server, supply, order, told.mails)
            rows += [row | {"round": number} for row in found]
        results = {
            "machine": machine(server),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seed": told.seed,
            "mails": told.mails,
            "rows": rows,
            **kept,
        }
    told.output.parent.mkdir(parents=True, exist_ok=True)
    told.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def _round(
    server: PostgresServer, supply: Iterator[MadeMail], order: Sequence[int], mails: int
) -> tuple[list[Row], Row]:
    """Measure each number of workers once on one database; return the rows, and what is kept of the last round."""
    rows, living = [], []
    with stack_on(server) as stack:
        port = stack.start_api()
        door = through_api(port)
        door(drawn(supply, WARM))()
        rows.append(taking_in(stack, door, drawn(supply, mails)))
        for count in order:
            living = _with_workers(stack, living, count)
            stack.until_read()
            _warm(stack, supply)
            rows.append(backlog(stack, drawn(supply, mails), count) | {"connections": connections(stack)})
            print(
                f"  {count} workers: {rows[-1]['ranked_per_second']:.0f}/s, "
                f"{rows[-1]['others']:.1f} cores busy with something else",
                file=sys.stderr,
                flush=True,
            )
        kept = {"tables": bytes_of_tables(stack), "stored": stack.count_read(), "memory_mib": stack.memory()}
    return rows, kept


def _with_workers(stack: Stack, living: Sequence[str], count: int) -> list[str]:
    """Start or stop workers until there are so many."""
    if len(living) < count:
        return [*living, *stack.start_workers(count - len(living), after=len(living))]
    for name in living[count:]:
        stack.stop(name)
    return list(living[:count])


def _warm(stack: Stack, supply: Iterator[MadeMail]) -> None:
    """Let every worker that has just come open its connections and run once."""
    through_intake(stack.intake())(drawn(supply, WARM))()
    stack.until_read()


if __name__ == "__main__":
    sys.exit(main())
