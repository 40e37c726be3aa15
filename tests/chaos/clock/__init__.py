"""A wall clock that a test may set for the processes it starts, and for no others."""

import shutil
import struct
import subprocess
from datetime import timedelta
from pathlib import Path


class NoCompiler(Exception):
    """The library that shifts the clock cannot be made."""


class Clock:
    """The wall clock of every process that is started with `variables`; it begins as the true one.

    libfaketime does not do: with its monotonic clock left alone, `time.sleep` of Python 3.11 fails with EINVAL, and
    redis-server does not start under it.
    """

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise NoCompiler("install Debian's gcc")
        library, self._shift = folder / "shifted.so", folder / "shift"
        source = Path(__file__).parent / "shifted.c"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source], check=True)
        self.set(timedelta(0))
        self.variables = {"LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(self._shift)}

    def set(self, shift: timedelta) -> None:
        """Let the clock differ from the true one by that much from now on."""
        # In place: the processes have mapped this very file.
        with self._shift.open("r+b" if self._shift.exists() else "wb") as file:
            file.write(struct.pack("=q", int(shift.total_seconds())))
