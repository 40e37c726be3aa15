"""How long mail waits for its verdict while a training runs on the same machine, against when none does.

Mail comes by a clock to a running system, one text worker on SQLite, at a rate that leaves the machine most of its
time. A round has two stretches, one with nothing else of ours to do and one beside a training of 10,000 labels, begun
as the train worker begins it: niced, one thread. Rounds take turns in which comes first. What is compared within a
round is the 95th percentile of the time from the answer to the request until the verdict is committed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.clock import Meter
from benchmarks.doors import NDJSON, Client, drawn
from benchmarks.latency import arrivals, poisson
from benchmarks.learning.results import Row
from benchmarks.learning.retrain import labelled_mails
from benchmarks.made_mail import MadeMail, made_mail
from benchmarks.retraining import write
from benchmarks.stack import Stack, stack_on
from triage.embedded.process import Child, Process
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.trainings.child import Bounds, Work

LABELS = 10_000
RATE, SECONDS, WARM = 8.0, 40.0, 300


def questions(rounds: int) -> Iterator[Row]:
    """Yield the names of every round."""
    for seed in range(1, rounds + 1):
        yield {"question": "beside", "set": "made mail", "labels": LABELS, "seed": seed}


def answered(names: Row) -> Row:
    """Start a system, let mail come with and without a training, and return both p95, in milliseconds."""
    seed, waits, others = names["seed"], {}, []
    supply = made_mail(seed)
    with stack_on(None) as stack:
        stack.start_workers(1, watch="ranked")
        stack.start_beat()
        port = stack.start_api()
        lines = b"\n".join(mail.as_json() for mail in drawn(supply, WARM))
        Client(port).post(lines, path="/v1/emails/bulk", media_type=NDJSON)
        stack.until_read()
        for way in sorted(("alone", "beside"), reverse=seed % 2 == 0):
            with _training(stack, seed) if way == "beside" else nullcontext({}) as trains:
                waits[way], busy = _stretch(stack, port, supply, seed, trains)
            others.append(busy)
    p95 = {f"{way}_p95_ms": told["p95"] for way, told in waits.items()}
    p50 = {f"{way}_p50_ms": told["p50"] for way, told in waits.items()}
    ratio = waits["beside"]["p95"] / waits["alone"]["p95"]
    return {"rate": RATE, "seconds_each": SECONDS, **p50, **p95, "ratio": ratio, "others": sum(others) / len(others)}


def _stretch(
    stack: Stack, port: int, supply: Iterator[MadeMail], seed: int, trains: dict[str, int]
) -> tuple[dict[str, Any], float]:
    """Let mail come for a while; return how long it waited, and how many cores others kept busy."""
    moments = poisson(RATE, SECONDS, seed)
    mails = [[mail] for mail in drawn(supply, len(moments))]
    with Meter(stack.pids() | trains, len(mails)) as meter:
        told = arrivals(stack, port, "API, one by one", mails, moments)
    return told["accepted_to_ranked_ms"], meter.figures()["others"]


@contextmanager
def _training(stack: Stack, seed: int) -> Iterator[dict[str, int]]:
    """Train while the block runs; yield the process by name."""
    labelled = labelled_mails(LABELS, 1)
    with tempfile.TemporaryDirectory() as name:
        work = Work(Path(name), DEFAULT_BUNDLE, is_fast=False)
        write(work.learned, labelled)
        write(work.held_out, labelled.first(100))
        command = work.command(Bounds(threads=1, memory_bytes=0, time=timedelta(hours=1)))
        process = Process(Child("training", command), stack.log(f"training-{seed}"))
        try:
            yield {"training": process.pid}
            if process.exit_code is not None:
                raise RuntimeError(f"the training ended before the mail did: {process.exit_code}")
        finally:
            process.kill()
