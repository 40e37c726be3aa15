"""What it costs when the table grows: taking mail in, pages of the inbox, and the state of things.

A few thousand mails go through the whole pipeline; copies of their rows, each with a digest, ids and a time of its own
in the year before, fill the table. One email in twenty stands in a small mailbox, one in ten is handled.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, event, select, text

from benchmarks.clock import Meter, percentiles
from benchmarks.doors import Client, drawn, through_api, through_intake
from benchmarks.made_mail import MadeMail
from benchmarks.stack import Stack, stack_on
from tests.postgres import PostgresServer
from triage.api.inbox import encoded
from triage.storage.inbox import InboxCursor, InboxFilter, inbox_page
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Base, Email, Message, Verdict

SEEDS = 2000
PAGE, DEEP_PAGE = 50, 1000
SLOW_MS, LONGEST_MS = 10.0, 20_000.0
SMALL_MAILBOX = "small"
FILTERS: Mapping[str, Mapping[str, str]] = {
    "everything": {},
    "a mailbox": {"mailbox": "main"},
    "a small mailbox": {"mailbox": SMALL_MAILBOX},
    "a topic": {"topic": "billing"},
    "critical": {"band": "critical"},
    "a topic, critical": {"topic": "billing", "band": "critical"},
    "rare: bulk, critical": {"topic": "bulk", "band": "critical"},
    "handled": {"state": "handled"},
    "set aside": {"state": "failed"},
}

Row = dict[str, Any]


def growth(
    server: PostgresServer | None, supply: Iterator[MadeMail], sizes: Sequence[int], *, asks: int, mails: int
) -> Iterator[Row]:
    """Measure at each size, in ascending order; yield each answer when it is known.

    Args:
        asks: How often each question is put to the API.
        mails: How many mails are taken in at each size.
    """
    kind = "postgresql" if server else "sqlite"
    with stack_on(server) as stack:
        stack.start_workers(1)
        port = stack.start_api()
        seeds = min(SEEDS, sizes[0])
        through_api(port)(drawn(supply, seeds))()
        stack.until_read(emails=seeds)
        stack.stop("worker-1")
        with stack.database.unit_of_work() as session:
            ensure_mailbox(session, SMALL_MAILBOX, datetime.now(UTC))
        _remember_seeds(stack)
        for size in sizes:
            _grow(stack, size)
            found = {"database": kind, "size": size}
            yield found | {"question": "intake"} | _taking_in(stack, drawn(supply, mails))
            for row in _questions(stack, port, asks):
                yield found | row
            yield found | {"question": "bytes on disk", "bytes": _bytes_on_disk(stack)}


def _remember_seeds(stack: Stack) -> None:
    with stack.database.engine.connect() as connection:
        connection.execute(text("CREATE TABLE benchmark_seed AS SELECT id, row_number() OVER () AS n FROM email"))
        connection.commit()


def _grow(stack: Stack, size: int) -> None:
    """Copy the seeds until the table has so many emails, as a vacuumed and analysed one."""
    is_postgres = stack.database.engine.dialect.name == "postgresql"
    with stack.database.engine.connect() as connection:
        seeds, small = _number(connection, "SELECT count(*) FROM benchmark_seed"), _small_mailbox(connection)
        while (missing := size - _number(connection, "SELECT count(*) FROM email")) > 0:
            # A hundred copies a transaction: neither database likes gigabytes in one.
            copies = min(100, -(-missing // seeds))
            first = _number(connection, "SELECT max(id) FROM email") + 1
            values = {"first": first, "copies": copies, "seeds": seeds, "small": small, "missing": missing}
            for table in (Email, Message, Verdict):
                connection.execute(text(_copying(table, is_postgres=is_postgres)), values)
            if is_postgres:
                connection.execute(text("SELECT setval(pg_get_serial_sequence('email', 'id'), max(id)) FROM email"))
            connection.commit()
    if is_postgres:
        with stack.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _copying(table: type[Base], *, is_postgres: bool) -> str:
    """Return the statement that copies the rows of all seeds; only a few columns differ from the seed's."""
    new_id = ":first + copy * :seeds + seed.n - 1"
    minutes = f"((({new_id}) * 7919) % 525600)"
    changed = {"id": new_id, "email_id": new_id}
    if table is Email:
        unique = f"CAST({new_id} AS text)"
        changed["digest"] = f"sha256(convert_to({unique}, 'UTF8'))" if is_postgres else "randomblob(32)"
        changed["thread_id"] = f"md5({unique})" if is_postgres else "lower(hex(randomblob(16)))"
        changed["message_id"] = f"'<' || {unique} || '.copy@example.org>'"
        changed["mailbox_id"] = f"CASE WHEN ({new_id}) % 20 = 7 THEN :small ELSE source.mailbox_id END"
        for column in ("received_at", "stored_at", "enqueued_at", "rank_at"):
            changed[column] = _earlier(f"source.{column}", minutes, is_postgres=is_postgres)
        changed["handled_at"] = f"CASE WHEN ({new_id}) % 10 = 0 THEN source.stored_at END"
        changed["state"] = f"CASE WHEN ({new_id}) % 1000 = 1 THEN 'failed' ELSE source.state END"
    columns = [column.name for column in table.__table__.columns]
    values = ", ".join(changed.get(column, f"source.{column}") for column in columns)
    key = "id" if table is Email else "email_id"
    return (
        "WITH RECURSIVE copies(copy) AS (SELECT 0 UNION ALL SELECT copy + 1 FROM copies WHERE copy + 1 < :copies) "
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) SELECT {values} "
        f"FROM copies CROSS JOIN benchmark_seed AS seed JOIN {table.__tablename__} AS source ON source.{key} = seed.id "
        "WHERE copy * :seeds + seed.n <= :missing"
    )


def _earlier(moment: str, minutes: str, *, is_postgres: bool) -> str:
    if is_postgres:
        return f"{moment} - ({minutes}) * interval '1 minute'"
    return f"strftime('%Y-%m-%d %H:%M:%f', {moment}, '-' || ({minutes}) || ' minutes') || '000'"


def _taking_in(stack: Stack, mails: Sequence[MadeMail]) -> Row:
    """Accept mail that nobody reads, and take it out of the stream again."""
    accept = through_intake(stack.intake())(mails)
    with Meter(stack.pids(), len(mails)) as meter:
        began = time.time()
        accept()
        ended = time.time()
    stack.redis.flushall()
    return {"mails": len(mails), "accepted_per_second": len(mails) / (ended - began), **meter.figures()}


def _questions(stack: Stack, port: int, asks: int) -> Iterator[Row]:
    yield {"question": "status", **_asked(stack, port, lambda _: "/v1/status", asks)}
    for name, wanted in FILTERS.items():
        cursors = _cursors(stack, InboxFilter(**wanted), asks)
        query = "&".join(f"{key}={value}" for key, value in wanted.items())
        for page, afters in ((1, [None]), (DEEP_PAGE, cursors)):
            if not afters:
                continue  # the list ends before that page

            def path(number: int, query: str = query, afters: Sequence[InboxCursor | None] = afters) -> str:
                after = afters[number % len(afters)]
                return f"/v1/inbox?{query}" + (f"&cursor={encoded(after)}" if after else "")

            row = {"question": "inbox", "filter": name, "page": page, **_asked(stack, port, path, asks)}
            if row["ms"]["p99"] > SLOW_MS:
                row["plan"] = _plan(stack, InboxFilter(**wanted), afters[0])
            yield row


def _asked(stack: Stack, port: int, path: Callable[[int], str], asks: int) -> Row:
    """Ask over and over, at most 20 seconds long; return milliseconds and CPU a question, and the first's items."""
    client = Client(port)
    answer = json.loads(client.get(path(0)))
    spent: list[float] = []
    with Meter(stack.pids(), 1) as meter:
        while len(spent) < asks and sum(spent) < LONGEST_MS:
            began = time.perf_counter()
            client.get(path(len(spent)))
            spent.append(1e3 * (time.perf_counter() - began))
    cpu_us = {name: seconds * 1e6 / len(spent) for name, seconds in meter.seconds.items()}
    return {"ms": percentiles(spent), "asks": len(spent), "items": len(answer.get("items", [])), "cpu_us": cpu_us}


def _cursors(stack: Stack, wanted: InboxFilter, count: int) -> list[InboxCursor]:
    """Return places in the list from page 1,000 on, a page apart; none where it is shorter."""
    with stack.database.reading() as session:
        query = select(Email.rank_at, Email.id).order_by(Email.rank_at, Email.id)
        query = query.where(Email.handled_at.is_not(None) if wanted.state == "handled" else Email.handled_at.is_(None))
        for column, value in (("topic", wanted.topic), ("band", wanted.band)):
            query = query.where(getattr(Email, column) == value) if value else query
        if wanted.state == "failed":
            query = query.where(Email.state == "failed")
        if wanted.mailbox:
            query = query.where(Email.mailbox_id == ensure_mailbox(session, wanted.mailbox, datetime.now(UTC)))
        found = session.execute(query.offset(PAGE * (DEEP_PAGE - 1)).limit(PAGE * min(count, 20))).all()
    return [InboxCursor(*row) for row in found[::PAGE]]


def _plan(stack: Stack, wanted: InboxFilter, after: InboxCursor | None) -> list[str]:
    """Return how the database answers a page, by EXPLAIN."""
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    engine = stack.database.engine
    event.listen(engine, "before_cursor_execute", note)
    with stack.database.reading() as session:
        inbox_page(session, wanted, after=after, limit=PAGE + 1)
    event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN (ANALYZE, BUFFERS)" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    # Labels of the page, and the mailbox by its name, are asked for beside it.
    statement, parameters = next(one for one in reversed(asked) if "FROM email" in one[0])
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    return [str(row[-1]) for row in rows]


def _bytes_on_disk(stack: Stack) -> int:
    with stack.database.engine.connect() as connection:
        if stack.database.engine.dialect.name == "postgresql":
            return _number(connection, "SELECT pg_database_size(current_database())")
        pages = _number(connection, "PRAGMA page_count")
        return pages * _number(connection, "PRAGMA page_size")


def _small_mailbox(connection: Connection) -> int:
    return _number(connection, f"SELECT id FROM mailbox WHERE name = '{SMALL_MAILBOX}'")


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one())
