"""Emails a second, from the first one sent to the last verdict committed; and what each costs, by process and stage."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.clock import Meter
from benchmarks.doors import BATCH, Door, drawn, in_parts, through_api, through_api_one_by_one, through_intake
from benchmarks.made_mail import MadeMail, made_mail
from benchmarks.stack import Stack, stack_on
from tests.postgres import PostgresServer
from triage.intake import APPLICATION_JSON, Intake, Submission

WARM = 300
TOGETHER, BACKLOG = "together", "backlog"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Nobody:
    """A doorbell that nobody hears, so that mail piles up before a worker comes."""

    def ring(self) -> None:
        """Do nothing."""


def throughput(server: PostgresServer | None, supply: Iterator[MadeMail], mails: int, workers: int) -> list[Row]:
    """Measure every way in, and a backlog, with so many workers on one database."""
    with stack_on(server) as stack:
        stack.start_workers(workers)
        port = stack.start_api()
        intake = stack.intake()
        _warm(stack, port, supply)
        rows = [_backlog(stack, drawn(supply, mails))]
        stack.start_beat()
        ways = {
            "API, bulk": through_api(port),
            "intake, JSON": through_intake(intake),
            "intake, RFC 822": through_intake(intake, rfc822=True),
            "API, one by one": through_api_one_by_one(port),
        }
        rows += [_together(stack, name, door, drawn(supply, mails)) for name, door in ways.items()]
        memory = stack.memory()
    kind = "postgresql" if server else "sqlite"
    return [row | {"database": kind, "workers": workers, "memory_mib": memory} for row in rows]


def in_process(server: PostgresServer | None, mails: Sequence[MadeMail], workers: int) -> Row:
    """Measure mail that this process accepts itself, as a program would that has no API between."""
    with stack_on(server) as stack:
        stack.start_workers(workers)
        stack.start_beat()
        door = through_intake(stack.intake())
        door(drawn(made_mail(0, start=10**9), WARM))()
        stack.until_read()
        return _together(stack, "intake, JSON", door, mails) | {"memory_mib": stack.memory()}


def stages(server: PostgresServer | None, supply: Iterator[MadeMail], mails: int) -> list[Row]:
    """Measure where the CPU time of API and worker goes; the watches cost some of it themselves."""
    rows = []
    with stack_on(server) as stack:
        stack.start_workers(1, watch="stages")
        port = stack.start_api(watch="stages")
        stack.start_beat()
        _warm(stack, port, supply)
        singly = through_api_one_by_one(port, rfc822=True)
        ways = {"JSON in bulk": (through_api(port), mails), "RFC 822 one by one": (singly, max(1, mails // 4))}
        for way, (door, count) in ways.items():
            given = drawn(supply, count)
            send = door(given)
            stack.forget()
            with Meter(stack.pids(), len(given)) as meter:
                send()
                stack.until_read()
            seen = stack.seen()
            rows.append({"way": way, "mails": len(given), **meter.figures(), **_per_mail(seen, given)})
        bands = _bands(stack)
    return [row | {"database": "postgresql" if server else "sqlite", "bands": bands} for row in rows]


def _warm(stack: Stack, port: int, supply: Iterator[MadeMail]) -> None:
    """Open connections and let everything run once, explanations included."""
    through_api(port)(drawn(supply, WARM))()
    stack.until_read()


def _together(stack: Stack, way: str, door: Door, mails: Sequence[MadeMail]) -> Row:
    before, send = stack.count_read(), door(mails)
    with Meter(stack.pids(), len(mails)) as meter:
        began = time.time()
        send()
        accepted = time.time()
        ended = stack.until_read(emails=before + len(mails))
    return {"mode": TOGETHER, "way": way, "mails": len(mails)} | {
        "accepted_per_second": len(mails) / (accepted - began),
        "ranked_per_second": len(mails) / (ended - began),
        **meter.figures(),
    }


def _backlog(stack: Stack, mails: Sequence[MadeMail]) -> Row:
    """Take mail in while the workers hear nothing, then let them read it alone."""
    own = stack.intake()
    silent = Intake(own.database, own.stream, Nobody(), own.policy)  # type: ignore[arg-type]
    given = [Submission(mail.as_json(), APPLICATION_JSON) for mail in mails]
    before = stack.count_read()
    with Meter(stack.pids(), len(mails)) as taking:
        began = time.time()
        for part in in_parts(given, BATCH):
            silent.accept(part, mailbox="main", now=datetime.now(UTC))
        accepted = time.time()
    with Meter(stack.pids(), len(mails)) as reading:
        own.doorbell.ring()
        rung = time.time()
        ended = stack.until_read(emails=before + len(mails))
    return {"mode": BACKLOG, "way": "intake, JSON", "mails": len(mails)} | {
        "accepted_per_second": len(mails) / (accepted - began),
        "ranked_per_second": len(mails) / (ended - rung),
        "accepting_cpu_us": taking.figures()["cpu_us"],
        **reading.figures(),
    }


def _per_mail(seen: dict[str, Any], mails: Sequence[MadeMail]) -> Row:
    per_mail = {
        name: {stage: 1e6 * seconds / len(mails) for stage, seconds in one["seconds"].items()}
        for name, one in seen.items()
    }
    asked = sum(one.get("escalated", 0) for one in seen.values())
    return {"stages_us": per_mail, "asked_deep": asked / len(mails)}


def _bands(stack: Stack) -> dict[str, float]:
    """Return the share of each band, for reasons of pressing mail cost extra."""
    counts = stack.counts("band")
    return {band: count / sum(counts.values()) for band, count in counts.items()}
