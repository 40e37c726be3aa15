"""What is measured of a stack: taking mail in, draining a backlog, and what mail and workers take up."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from benchmarks.clock import Meter
from benchmarks.doors import BATCH, Door, in_parts
from benchmarks.made_mail import MadeMail
from benchmarks.stack import Stack
from benchmarks.throughput import Nobody
from triage.intake import APPLICATION_JSON, Intake, Submission
from triage.queue.names import MAIL_STREAM

LOOKS_EVERY_SECONDS = 0.01
TAKING, READING = "taking in", "reading"

Row = dict[str, Any]


def taking_in(stack: Stack, door: Door, mails: Sequence[MadeMail]) -> Row:
    """Measure what a way in costs while no worker lives."""
    send, before = door(mails), _commands(stack)
    with Meter(stack.pids(), len(mails)) as meter:
        began = time.time()
        send()
        accepted = time.time()
    return {
        "phase": TAKING,
        "mails": len(mails),
        "accepted_per_second": len(mails) / (accepted - began),
        "redis_commands": (_commands(stack) - before) / len(mails),
        "redis_bytes_waiting": stack.redis.memory_usage(MAIL_STREAM, samples=0) / stack.redis.xlen(MAIL_STREAM),
        **meter.figures(),
    }


def backlog(stack: Stack, mails: Sequence[MadeMail], workers: int) -> Row:
    """Take mail in unheard, then let the workers read it alone: from the stored mail to its place in the inbox."""
    own = stack.intake()
    silent = Intake(own.database, own.stream, Nobody(), own.policy)  # type: ignore[arg-type]
    given = [Submission(mail.as_json(), APPLICATION_JSON) for mail in mails]
    before = stack.count_read()
    for part in in_parts(given, BATCH):
        silent.accept(part, mailbox="main", now=datetime.now(UTC))
    commands = _commands(stack)
    with Meter(stack.pids(), len(mails)) as meter:
        rung, looks = time.time(), 0
        own.doorbell.ring()
        while stack.redis.xlen(MAIL_STREAM):
            looks += 1
            time.sleep(LOOKS_EVERY_SECONDS)
        ended = time.time()
    commands_after = _commands(stack)
    if stack.count_read() != before + len(mails):
        raise RuntimeError(f"{stack.count_read() - before} of {len(mails)} emails have a verdict")
    return {
        "phase": READING,
        "workers": workers,
        "mails": len(mails),
        "ranked_per_second": len(mails) / (ended - rung),
        "redis_commands": (commands_after - commands - looks) / len(mails),
        **meter.figures(),
    }


def connections(stack: Stack) -> dict[str, int]:
    """Return how many connections PostgreSQL and Redis have, ours included."""
    with stack.database.reading() as session:
        told = session.execute(text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))
        database = int(told.scalar_one())
    return {"postgres": database, "redis": int(stack.redis.info("clients")["connected_clients"])}


def bytes_of_tables(stack: Stack) -> dict[str, dict[str, int]]:
    """Return, by table, the bytes of its rows, of what they keep beside (TOAST), and of its indexes."""
    query = """
        SELECT relname, pg_relation_size(oid) AS rows, pg_table_size(oid) - pg_relation_size(oid) AS beside,
               pg_indexes_size(oid) AS indexes
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    """
    with stack.database.reading() as session:
        return {
            row.relname: {"rows": row.rows, "beside": row.beside, "indexes": row.indexes}
            for row in session.execute(text(query))
            if row.rows
        }


def _commands(stack: Stack) -> int:
    return int(stack.redis.info("stats")["total_commands_processed"])
