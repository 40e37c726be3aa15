"""Runs one of our processes with watches on its functions; the product has no switch for this.

    python -m benchmarks.watched FILE.json {stages,ranked} triage worker text

`stages` adds up CPU time by stage, each without the stages it calls. `ranked` notes when emails got their verdict.
`WRITE` makes the process write what it has seen to the file, `FORGET` makes it begin anew.
"""

import json
import os
import runpy
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

# Signals that neither Celery nor uvicorn takes for itself.
WRITE, FORGET = signal.SIGRTMIN + 1, signal.SIGRTMIN + 2


class StageClock:
    """CPU time by stage, in seconds; safe for several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._mine = threading.local()
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin at nought."""
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its own time, that of stages within it left out, added to a stage."""

        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            inner = self._mine.__dict__.setdefault("inner", [])
            inner.append(0.0)
            began = self._clock()
            try:
                return function(*arguments, **named)
            finally:
                spent = self._clock() - began
                within = inner.pop()
                if inner:
                    inner[-1] += spent
                with self._lock:
                    self.seconds[stage] += spent - within

        return timed

    def wrap(self, stage: str, holder: object, *names: str) -> None:
        """Put functions under the clock, where their callers look them up."""
        for name in names:
            setattr(holder, name, self.timed(stage, getattr(holder, name)))


def watch_stages(*, threads: bool) -> tuple[StageClock, Callable[[], int]]:
    """Put our stages under a clock: of each thread where several serve, else of the process with TensorFlow's own.

    Beside it comes what says how many mails the deep stage was asked about.
    """
    from sqlalchemy.orm import Session

    from triage import classify, verdict
    from triage.api import bulk
    from triage.intake import accept
    from triage.mail import json_mail, parsing
    from triage.queue import Batch, Doorbell, WorkStream
    from triage.storage import emails
    from workers import boot

    clock = StageClock(time.thread_time if threads else time.process_time)
    clock.wrap("JSON: check, canonical bytes", bulk, "json_submission")
    clock.wrap("parse", accept, "parse_submission")
    clock.wrap("parse: quotes and signatures", json_mail, "own_text")
    clock.wrap("parse: quotes and signatures", parsing, "own_text")
    clock.wrap("rows", accept, "rows_of")
    clock.wrap("digests, receipts, threads", accept.Intake, "accept")
    clock.wrap("database: look up", emails, "ids_by_digest")
    clock.wrap("database: look up", accept, "ensure_mailbox")
    clock.wrap("database: insert", emails, "insert_once")
    clock.wrap("database: commit", Session, "commit")
    clock.wrap("Redis: enqueue", WorkStream, "add")
    clock.wrap("Redis: doorbell", Doorbell, "ring", "hush")
    clock.wrap("Redis: take", WorkStream, "_claim", "_read")
    clock.wrap("Redis: acknowledge", Batch, "acknowledge")
    clock.wrap("database: read texts", emails, "waiting_emails")
    clock.wrap("database: write verdicts", emails, "lock")
    clock.wrap("database: write verdicts", classify, "labels_in_force", "record_verdicts")
    clock.wrap("ranking", classify, "_explanations")
    clock.wrap("ranking: reasons", verdict, "reasons")
    clock.wrap("ranking", classify, "_ranked")
    clock.wrap("transaction, loop", classify, "classify")
    models: list[Any] = []

    def watch(model: Any) -> None:
        models.append(model)
        clock.wrap("model: readings", type(model), "read")
        clock.wrap("model: deep stage", type(model), "_deepen")
        clock.wrap("model: explanations", type(model), "explain")
        clock.wrap("model: fast graph", model, "_signature")

    _once_loaded(boot, watch)
    return clock, lambda: sum(model.escalated for model in models)


def _once_loaded(boot: Any, watch: Callable[[Any], None]) -> None:
    """Watch the model when it has been loaded and run for the first time, which is not part of any mail's cost."""
    load, seen = boot.text_model, []

    def text_model() -> Any:
        model = load()
        if not seen:
            seen.append(model)
            watch(model)
        return model

    boot.text_model = text_model


def watch_ranked(ranked: list[tuple[float, tuple[int, ...]]]) -> None:
    """Note the time after which emails have a committed verdict."""
    from triage.queue import Batch

    acknowledge = Batch.acknowledge

    def noted(batch: Batch) -> None:
        ranked.append((time.time(), batch.ids))
        acknowledge(batch)

    Batch.acknowledge = noted  # type: ignore[method-assign]


def main() -> None:
    """Watch, and become the process that was asked for."""
    file, what, _, *arguments = sys.argv[1:]
    forget, seen = _stages(arguments) if what == "stages" else _ranked()

    def write(*_: Any) -> None:
        unfinished = Path(f"{file}.new")
        unfinished.write_text(json.dumps(seen()))
        unfinished.replace(file)

    signal.signal(WRITE, write)
    signal.signal(FORGET, lambda *_: forget())
    os.execv = _run_here  # type: ignore[assignment]  # a process that becomes Celery's would lose its watches
    sys.argv = ["triage", *arguments]
    runpy.run_module("triage", run_name="__main__", alter_sys=True)


def _stages(arguments: list[str]) -> tuple[Callable[[], None], Callable[[], dict[str, Any]]]:
    clock, escalated = watch_stages(threads=arguments[0] == "serve")
    before = 0

    def forget() -> None:
        nonlocal before
        clock.forget()
        before = escalated()

    return forget, lambda: {"seconds": dict(clock.seconds), "escalated": escalated() - before}


def _ranked() -> tuple[Callable[[], None], Callable[[], dict[str, Any]]]:
    ranked: list[tuple[float, tuple[int, ...]]] = []
    watch_ranked(ranked)
    return ranked.clear, lambda: {"ranked": list(ranked)}


def _run_here(_: str, command: list[str]) -> None:
    module, sys.argv = command[2], command[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
