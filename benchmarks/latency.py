"""How long an accepted email waits for its verdict, when mail comes by a clock and not when we are ready for it."""

import json
import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.clock import percentiles
from benchmarks.doors import NDJSON, Client, drawn, in_parts
from benchmarks.made_mail import MadeMail
from benchmarks.stack import Stack, stack_on
from tests.postgres import PostgresServer

SENDERS = 16
LINES = 25  # of a small request in bulk
PAUSE_SECONDS = 0.3
WARM = 300

Row = dict[str, Any]
Ids = Sequence[int]


def latency(
    server: PostgresServer | None,
    supply: Iterator[MadeMail],
    *,
    workers: int,
    rates: dict[str, float],
    seconds: float,
    lone: int,
    seed: int,
) -> list[Row]:
    """Measure lone mails, then arrivals at each rate.

    Args:
        rates: Emails a second of `API, one by one` and `API, bulk`; arrivals are a Poisson process.
        seconds: How long mail arrives at each rate.
        lone: How many mails are sent to an idle system, one after the other.
    """
    rows = []
    with stack_on(server) as stack:
        stack.start_workers(workers, watch="ranked")
        stack.start_beat()
        port = stack.start_api()
        Client(port).post(_lines(drawn(supply, WARM)), path="/v1/emails/bulk", media_type=NDJSON)
        stack.until_read()
        moments = _every(PAUSE_SECONDS, lone)
        rows.append(arrivals(stack, port, "lone", [[mail] for mail in drawn(supply, lone)], moments, senders=1))
        for way, rate in rates.items():
            size = LINES if way == "API, bulk" else 1
            moments = poisson(rate / size, seconds, seed)
            given = in_parts(drawn(supply, size * len(moments)), size)
            rows.append(arrivals(stack, port, way, given, moments) | {"rate": rate})
    return [row | {"database": "postgresql" if server else "sqlite", "workers": workers} for row in rows]


def arrivals(
    stack: Stack,
    port: int,
    way: str,
    requests: Sequence[Sequence[MadeMail]],
    moments: Sequence[float],
    *,
    senders: int = SENDERS,
) -> Row:
    """Send each request at its moment, whether or not those before it were answered; return how long mail waited."""
    stack.forget()
    due: queue.SimpleQueue[tuple[float, Sequence[MadeMail]] | None] = queue.SimpleQueue()
    answered: list[tuple[float, float, Ids]] = []
    crew = [threading.Thread(target=_send, args=(port, due, answered)) for _ in range(senders)]
    for sender in crew:
        sender.start()
    began = time.time() + 0.1
    for moment, mails in zip(moments, requests, strict=True):
        time.sleep(max(0.0, began + moment - time.time()))
        due.put((began + moment, mails))
    for _ in crew:
        due.put(None)
    for sender in crew:
        sender.join()
    if len(answered) != len(requests):
        raise RuntimeError(f"{len(requests) - len(answered)} requests were not answered")
    stack.until_read()
    return {"way": way, "mails": sum(map(len, requests)), **_waits(answered, _ranked(stack))}


def _send(port: int, due: Any, answered: list[tuple[float, float, Ids]]) -> None:
    client = Client(port)
    while (order := due.get()) is not None:
        moment, mails = order
        if len(mails) == 1:
            ids = [json.loads(client.post(mails[0].as_json()))["id"]]
        else:
            answer = client.post(_lines(mails), path="/v1/emails/bulk", media_type=NDJSON)
            ids = [json.loads(line)["id"] for line in answer.splitlines()]
        answered.append((moment, time.time(), ids))


def _waits(answered: Sequence[tuple[float, float, Ids]], ranked: dict[int, float]) -> Row:
    """Return milliseconds: from answer to verdict, nought where it was there already, and from due moment to both."""
    known = [(due, at, ranked[email_id]) for due, at, ids in answered for email_id in ids]
    return {
        "accepted_to_ranked_ms": percentiles([max(0.0, 1e3 * (read - at)) for _, at, read in known]),
        "due_to_ranked_ms": percentiles([1e3 * (read - due) for due, _, read in known]),
        "due_to_accepted_ms": percentiles([1e3 * (at - due) for due, at, _ in known]),
    }


def _ranked(stack: Stack) -> dict[int, float]:
    """Return when each email's verdict was committed; of two times, which a redelivery gives, the first."""
    noted = sorted((at, ids) for seen in stack.seen().values() for at, ids in seen["ranked"])
    return {email_id: at for at, ids in reversed(noted) for email_id in ids}


def poisson(per_second: float, seconds: float, seed: int) -> list[float]:
    """Return moments at which so many a second come by chance."""
    draw, moments = random.Random(seed), [0.0]
    while moments[-1] < seconds:
        moments.append(moments[-1] + draw.expovariate(per_second))
    return moments[:-1]


def _every(pause_seconds: float, count: int) -> list[float]:
    return [number * pause_seconds for number in range(count)]


def _lines(mails: Sequence[MadeMail]) -> bytes:
    return b"\n".join(mail.as_json() for mail in mails)
