"""The logs of what we start: plain files that the programs append to themselves."""

import os
import re
import shutil
from pathlib import Path

# Redis opens a line with its pid, its role, the date and a level.
_REDIS_PREFIX = re.compile(r"^\d+:[A-Z] .{20,30} [.*#-] ")


def begin_log(path: Path) -> None:
    """Set aside what an earlier run wrote, as `NAME.log.1`, in place of what the run before it did."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        path.replace(_previous(path))


def keep_log_short(path: Path, *, most_bytes: int) -> None:
    """Move what a log holds to `NAME.log.1` once it is longer than that.

    The program goes on writing to the same file, so what it writes within the few milliseconds of the copy is lost.
    """
    if path.exists() and path.stat().st_size > most_bytes:
        shutil.copyfile(path, _previous(path))
        os.truncate(path, 0)


def last_line(path: Path) -> str:
    """Return the last line that says something, where a program that fails gives its reason; `""` if there is none."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return _REDIS_PREFIX.sub("", said[-1]) if said else ""


def _previous(path: Path) -> Path:
    return path.with_name(path.name + ".1")
