"""A program on a leash: it, and all that it starts, ends no later than we do.

The program leads a session of its own, so Ctrl-C in our terminal does not reach it. In its process group stands a
shell that reads from a pipe, the leash, whose other end only we hold. However we end, the kernel closes our end; the
shell then reads end-of-file and kills the group, itself included.

On Linux `PR_SET_PDEATHSIG` could do without the shell, but it reaches the program alone and not what that started,
and it fires when the *thread* that started the program ends. The leash works alike on Linux and macOS.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from triage.embedded.logs import last_line
from triage.errors import CannotStart

# Two parentheses, so that the shell that holds the leash is nobody's child and the program never sees it end.
_ON_A_LEASH = '((read -r _; kill -9 0) <&3 &) 3<&0; exec "$@" </dev/null'


@dataclass(frozen=True, slots=True)
class Child:
    """A program to be kept running.

    Attributes:
        name: Names its log and what is said of it.
        env: What its environment has beyond ours.
        is_ready: Says, within a second or so, whether it can be used; `None` when it can from the start. Called from
            another thread.
        remedy: What a person may do when it does not start; by default, read its log.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], bool] | None = None
    remedy: str = ""


class Process:
    """One run of a child, appending to `log` what it prints; it begins when this is made."""

    def __init__(self, child: Child, log: Path) -> None:
        self._child, self._log = child, log
        held_by_shell, self._leash = os.pipe()
        try:
            with log.open("ab") as output:
                self._program = subprocess.Popen(
                    ["/bin/sh", "-c", _ON_A_LEASH, "sh", *child.argv],
                    stdin=held_by_shell,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **child.env},
                    start_new_session=True,
                )
        except OSError:
            os.close(self._leash)
            raise
        finally:
            os.close(held_by_shell)

    @property
    def pid(self) -> int:
        """The program's process id, which is its group's too."""
        return self._program.pid

    @property
    def exit_code(self) -> int | None:
        """What it ended with, negative for a signal; `None` while it runs."""
        return self._program.poll()

    def failed_start(self) -> CannotStart:
        """Return the error for a program that ended before it was ready, with the reason it gave in its log."""
        reason = last_line(self._log) or f"exit code {self.exit_code}"
        remedy = self._child.remedy or f"its log is {self._log}"
        return CannotStart(f"{self._child.name} ended before it was ready ({reason}); {remedy}")

    def terminate(self) -> None:
        """Ask the program to end. What it started is its own to stop, so they are not told."""
        self._program.terminate()

    def wait(self, timeout_seconds: float) -> bool:
        """Say whether it has ended within that time."""
        with suppress(subprocess.TimeoutExpired):
            self._program.wait(timeout_seconds)
        return self.exit_code is not None

    def kill(self) -> None:
        """Kill the program and whatever is left of its group; may be repeated, also when the program has ended."""
        if self._leash < 0:
            return
        # The shell on the leash is still in the group, so its number has not passed to anybody else. macOS answers
        # EPERM for a group of which only the dead are left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._program.wait()
        os.close(self._leash)
        self._leash = -1
