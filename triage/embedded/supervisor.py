"""Keeps programs running until we are told to end, and leaves none behind.

Everything happens in one event loop of the main thread, for only that thread hears signals. It wakes for a signal
(SIGCHLD tells it that a program ended) and once a minute for the logs; between those it sleeps. Should we be killed
outright, the leash of each program ends it (see `process`).
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from triage.embedded.backoff import Backoff
from triage.embedded.event import Event, What, how_it_ended
from triage.embedded.logs import begin_log, keep_log_short
from triage.embedded.process import Child, Process
from triage.errors import CannotStart

GRACE = timedelta(seconds=15)
PATIENCE = Backoff()
LONGEST_LOG_BYTES = 20_000_000
_LOG_PAUSE_SECONDS = 60.0
_PAUSE_SECONDS = 0.05


@dataclass(slots=True)
class _Run:
    """A child, and the process that runs it now or ran it last."""

    child: Child
    log: Path
    process: Process
    began: float = field(default_factory=monotonic)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    deaths: int = 0


class Supervisor:
    """Children that are started in order, started again when they die, and stopped in the reverse order.

    Args:
        log_folder: Where each child writes `NAME.log`; the log of the run before is kept as `NAME.log.1`.
        on_event: Told what happens to a child; it runs in the loop, so it must return at once.
        on_ready: Called once, likewise, when every child is ready.
        grace: How long a child may take to end when asked, before it is killed with all it started.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        log_folder: Path,
        on_event: Callable[[Event], None] = lambda _: None,
        on_ready: Callable[[], None] = lambda: None,
        backoff: Backoff = PATIENCE,
        grace: timedelta = GRACE,
    ) -> None:
        self._children = children
        self._log_folder = log_folder
        self._on_event = on_event
        self._on_ready = on_ready
        self._backoff = backoff
        self._grace = grace
        self._runs: list[_Run] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._told_to_end, self._hurry = asyncio.Event(), asyncio.Event()
        self._signal: signal.Signals | None = None

    def run(self, *, until: Callable[[], bool] | None = None) -> signal.Signals | None:
        """Run the children until SIGINT, SIGTERM or SIGHUP comes, or `until`, asked 20 times a second, says so.

        A second Ctrl-C ends the patience with children that take their time to stop. A SIGHUP that was ignored when we
        began, as under nohup, stays ignored. To be called once, from the main thread.

        Returns:
            The signal that ended it; `None` when `until` did.

        Raises:
            CannotStart: A child ended before it was ready for the first time; the others have been stopped again.
        """
        return asyncio.run(self._run(until))

    async def _run(self, until: Callable[[], bool] | None) -> signal.Signals | None:
        self._listen()
        try:
            await _first_of(self._serve(), self._told_to_end.wait(), _comes_true(until))
        finally:
            await self._stop_all()
        return self._signal

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGCHLD, self._look_who_ended)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._end, number)

    def _end(self, number: signal.Signals) -> None:
        if not self._told_to_end.is_set():
            self._signal = number
            self._told_to_end.set()
        elif number == signal.SIGINT:
            self._hurry.set()

    def _look_who_ended(self) -> None:
        # Several deaths may come as one signal, so all are asked.
        for run in self._runs:
            if run.process.exit_code is not None:
                run.ended.set()

    async def _serve(self) -> None:
        """Start one child after the other, each when the one before is ready, and keep them running."""
        for child in self._children:
            run = self._start(child)
            await self._await_ready(run)
            self._keepers.append(asyncio.create_task(self._keep(run)))
        self._on_ready()
        await asyncio.gather(*self._keepers, self._keep_logs_short())

    def _start(self, child: Child) -> _Run:
        log = self._log_folder / f"{child.name}.log"
        try:
            begin_log(log)
            run = _Run(child, log, Process(child, log))
        except OSError as error:
            raise CannotStart(f"{child.name} cannot be started ({error}); mend that and try again") from error
        self._runs.append(run)
        self._tell(What.STARTED, run, f"{child.name} started with pid {run.process.pid}")
        return run

    async def _await_ready(self, run: _Run) -> None:
        is_ready = run.child.is_ready
        while is_ready is not None and not await asyncio.to_thread(is_ready):
            if run.process.exit_code is not None:
                raise run.process.failed_start()
            await asyncio.sleep(_PAUSE_SECONDS)
        self._tell(What.READY, run, f"{run.child.name} is ready")

    async def _keep(self, run: _Run) -> None:
        """Start the child again whenever it has died."""
        while True:
            await run.ended.wait()
            # What it had started would otherwise go on beside the new one.
            run.process.kill()
            run.deaths = self._backoff.deaths_in_a_row(run.deaths, lived=timedelta(seconds=monotonic() - run.began))
            wait = self._backoff.wait(run.deaths).total_seconds()
            how = f"{run.child.name} {how_it_ended(run.process.exit_code)}"
            self._tell(What.ENDED, run, f"{how}; it starts again in {wait:g} s, its log is {run.log}")
            await asyncio.sleep(wait)
            self._start_again(run)

    def _start_again(self, run: _Run) -> None:
        run.began = monotonic()
        # A machine short of memory or disk cannot start it now; it stays ended, and its next turn comes.
        with suppress(OSError):
            run.process = Process(run.child, run.log)
            run.ended = asyncio.Event()
            self._tell(What.STARTED, run, f"{run.child.name} started again with pid {run.process.pid}")

    async def _keep_logs_short(self) -> None:
        while True:
            await asyncio.sleep(_LOG_PAUSE_SECONDS)
            for run in self._runs:
                with suppress(OSError):
                    keep_log_short(run.log, most_bytes=LONGEST_LOG_BYTES)

    async def _stop_all(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for run in reversed(self._runs):
            await self._stop(run)

    async def _stop(self, run: _Run) -> None:
        if run.process.exit_code is None:
            run.process.terminate()
            await _first_of(run.ended.wait(), self._hurry.wait(), asyncio.sleep(self._grace.total_seconds()))
        if run.process.exit_code is None:
            self._tell(What.KILLED, run, f"{run.child.name} did not end when asked and is killed")
        run.process.kill()
        self._tell(What.STOPPED, run, f"{run.child.name} stopped")

    def _tell(self, what: What, run: _Run, sentence: str) -> None:
        # A terminal that was closed cannot be written to, and that must not keep the children from being stopped.
        with suppress(OSError):
            self._on_event(Event(what, run.child.name, run.process.pid, sentence))


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Return when one of them does, or raise what it raised; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _comes_true(condition: Callable[[], bool] | None) -> None:
    if condition is None:
        await asyncio.Event().wait()
    while condition is not None and not condition():
        await asyncio.sleep(_PAUSE_SECONDS)
