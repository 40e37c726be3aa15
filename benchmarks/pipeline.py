"""How fast mail goes from accepted to ranked, beside what people would write instead.

    python -m benchmarks.pipeline [--only PART …] [--repeat 3] [--mails 6000]     (make bench)

Parts, each on PostgreSQL that waits for its disk at every commit and on SQLite, Redis as `triage up` runs it:

    throughput  emails a second end to end by every way in, one worker and two, and the CPU time that each took
    naive       the same mail through one Celery task, scikit-learn and an ORM row each, in turns with ours
    latency     from accepted to ranked, lone and with Poisson arrivals at half of the throughput
    stages      CPU time by stage of API and worker
    growth      intake, pages of the inbox and status with 10,000 to 1,000,000 emails

The headline is mail that comes in bulk through the API and is read **at the same time** into PostgreSQL by two workers,
for that is what a busy installation does; a backlog that workers drain alone stands beside it. Everything shares one
machine, the client included. Results go to `benchmarks/results/pipeline.json`, part by part;
`python -m benchmarks.speed_tables` writes docs/performance.md from them.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import speed_tables
from benchmarks.doors import drawn
from benchmarks.growth import growth
from benchmarks.latency import latency
from benchmarks.machine import machine
from benchmarks.made_mail import MadeMail, made_mail
from benchmarks.stack import DurablePostgres, stack_on
from benchmarks.throughput import TOGETHER, stages, throughput
from tests.postgres import PostgresServer

RESULTS = Path(__file__).parent / "results" / "pipeline.json"
NAIVE_MODEL = Path("build/naive.pickle")
PARTS = ("throughput", "naive", "latency", "stages", "growth")
DATABASES = ("postgresql", "sqlite")

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for and keep the results of the others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description="Measure the way of mail.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to run, all unless told")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="text workers to try")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--mails", type=int, default=6000, help="mails of a throughput run")
    parser.add_argument("--seconds", type=float, default=30, help="how long mail arrives in a latency run")
    parser.add_argument("--lone", type=int, default=100, help="mails sent to an idle system")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--asks", type=int, default=200, help="how often each page is asked for")
    parser.add_argument("--learn-from", type=int, help="mails the naive model learns from, all unless told")
    parser.add_argument("--naive-model", type=Path, default=NAIVE_MODEL)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    forget_settings()
    with ExitStack() as context:
        server = context.enter_context(DurablePostgres.started()) if "postgresql" in told.databases else None
        servers = {name: server if name == "postgresql" else None for name in told.databases}
        supply = made_mail(told.seed)
        parts: dict[str, Callable[[], list[Row]]] = {
            "throughput": lambda: _throughput(told, servers, supply),
            "naive": lambda: _naive(told, servers, supply),
            "latency": lambda: _latency(told, servers, supply),
            "stages": lambda: [row for one in servers.values() for row in stages(one, supply, told.mails)],
            "growth": lambda: [row for one in servers.values() for row in _growth(told, one, supply)],
        }
        for part in [part for part in PARTS if part in told.only]:
            _say(f"{part} …")
            rows = parts[part]()
            run = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": told.seed, "mails": told.mails}
            _keep(told.output, part, {"machine": machine(server), **run, "rows": rows})
    print(speed_tables.page(json.loads(told.output.read_text(encoding="utf-8"))))
    return 0


def _throughput(told: Any, servers: dict[str, PostgresServer | None], supply: Iterator[MadeMail]) -> list[Row]:
    rows = []
    plan = [(name, workers) for name in servers for workers in told.workers]
    for repetition in range(told.repeat):
        for name, workers in plan if repetition % 2 == 0 else reversed(plan):
            found = throughput(servers[name], supply, told.mails, workers)
            rows += [row | {"repetition": repetition} for row in found]
            for row in found:
                _say(f"  {name}, {workers} workers, {row['way']}, {row['mode']}: {row['ranked_per_second']:.0f}/s")
    return rows


def _naive(told: Any, servers: dict[str, PostgresServer | None], supply: Iterator[MadeMail]) -> list[Row]:
    """Ours and theirs on the same mail, in turns, the first changing each time."""
    from benchmarks.naive.run import naive_run, trained_model
    from benchmarks.throughput import in_process

    model = trained_model(told.naive_model, told.learn_from)
    kind, server = next(iter(servers.items()))
    rows = []
    for repetition in range(told.repeat):
        mails = drawn(supply, told.mails)

        def naive(*, acks_late: bool, mails: Sequence[MadeMail] = mails) -> Row:
            with stack_on(server) as stack:
                return naive_run(stack, model, mails, acks_late=acks_late)

        contenders: dict[str, Callable[[], Row]] = {
            "Triage": lambda mails=mails: in_process(server, mails, workers=2),
            "naive": lambda: naive(acks_late=False),
            "naive, acks_late": lambda: naive(acks_late=True),
        }
        order = list(contenders) if repetition % 2 == 0 else list(reversed(contenders))
        for name in order:
            row = contenders[name]()
            _say(f"  {name}: {row['ranked_per_second']:.0f}/s")
            rows.append(row | {"contender": name, "database": kind, "repetition": repetition})
    return rows


def _latency(told: Any, servers: dict[str, PostgresServer | None], supply: Iterator[MadeMail]) -> list[Row]:
    """Half of what the throughput part measured, or was measured by an earlier run."""
    known = json.loads(told.output.read_text(encoding="utf-8")) if told.output.exists() else {}
    measured = known.get("throughput", {}).get("rows", [])
    rows = []
    for name, server in servers.items():
        rates = {way: _slowest(measured, name, way, told.workers[0]) / 2 for way in ("API, one by one", "API, bulk")}
        for repetition in range(told.repeat):
            found = latency(
                server,
                supply,
                workers=told.workers[0],
                rates=rates,
                seconds=told.seconds,
                lone=told.lone,
                seed=told.seed + repetition,
            )
            for row in found:
                _say(f"  {name}, {row['way']}: p50 {row['accepted_to_ranked_ms']['p50']:.1f} ms")
            rows += [row | {"repetition": repetition} for row in found]
    return rows


def _slowest(rows: Sequence[Row], database: str, way: str, workers: int) -> float:
    found = [
        row["ranked_per_second"]
        for row in rows
        if (row["database"], row["way"], row["workers"], row["mode"]) == (database, way, workers, TOGETHER)
    ]
    if not found:
        raise SystemExit(f"the throughput of {way} on {database} is not known; run the part throughput first")
    return min(found)


def _growth(told: Any, server: PostgresServer | None, supply: Iterator[MadeMail]) -> list[Row]:
    rows = []
    for row in growth(server, supply, sorted(told.sizes), asks=told.asks, mails=min(told.mails, 2000)):
        rows.append(row)
        asked = f"{row['question']} {row.get('filter', '')} {row.get('page', '')}"
        _say(f"  {row['database']}, {row['size']:,} emails, {asked}: {speed_tables.grown(row)}")
    return rows


def _keep(path: Path, part: str, found: Row) -> None:
    """Replace the results of one part, and write all."""
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(old | {part: found}, indent=1) + "\n", encoding="utf-8")


def forget_settings() -> None:
    """Settings of the person who measures must not reach what is measured."""
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        del os.environ[name]


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
