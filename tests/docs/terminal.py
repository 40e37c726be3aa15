"""A terminal as a person has it: what is typed goes to a shell, or to the program that asks for a password."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from select import select
from typing import Self

_ROWS, _COLUMNS = 40, 160
_CTRL_C = b"\x03"
_LOCAL_FLAGS = 3  # where `termios` has them
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A shell on a terminal of its own; a context manager that ends it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            ["setsid", "--ctty", "bash", "--norc", "--noprofile", "--noediting"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env={**environment, "TERM": "dumb", "PS1": "", "PS2": "", "HISTFILE": ""},
        )
        os.close(theirs)
        self.screen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def run(self, command: str, *, typed: Mapping[str, str] | None = None, seconds: float = 240) -> tuple[int, str]:
        """Type a command; return its exit code and what was shown. `typed` answers what it asks for, unseen."""
        # The mark is typed in two halves: what one types is shown too.
        self.type(f'{command}; echo "@""@$?@"')
        for question, answer in (typed or {}).items():
            self.wait_for(re.escape(question), seconds)
            self._wait_until_unseen(seconds)
            self.type(answer)
        shown, code = self.wait_for(r"@@(\d+)@", seconds)
        return int(code), shown

    def _wait_until_unseen(self, seconds: float) -> None:
        """Wait until what is typed is not shown: the question comes first, and what was typed before is thrown away."""
        end = time.monotonic() + seconds
        while termios.tcgetattr(self._ours)[_LOCAL_FLAGS] & termios.ECHO:
            assert time.monotonic() < end, f"what is typed is shown; the terminal shows:\n{self.screen}"
            time.sleep(0.01)

    def type(self, line: str) -> None:
        """Type a line, and Enter."""
        os.write(self._ours, line.encode() + b"\n")

    def press_ctrl_c(self) -> None:
        """Interrupt what runs in front."""
        os.write(self._ours, _CTRL_C)

    def wait_for(self, pattern: str, seconds: float) -> tuple[str, str]:
        """Return what is shown up to a pattern, and the pattern's group; fail when it does not come."""
        end = time.monotonic() + seconds
        while (found := re.search(pattern, self.screen)) is None:
            assert time.monotonic() < end, f"{pattern!r} did not come; the terminal shows:\n{self.screen}"
            if select([self._ours], [], [], 0.2)[0]:
                self.screen += _COLOURS.sub("", os.read(self._ours, 65536).decode(errors="replace")).replace("\r", "")
        shown, self.screen = self.screen[: found.start()], self.screen[found.end() :]
        return shown, found[1] if found.groups() else ""
