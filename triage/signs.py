"""Signs of life that are files, for supervisors that must not start a Python process to ask.

Each part of Triage touches one in the folder of such signs every few seconds; `find FILE -newermt '-30 seconds'` says
whether it did so lately.
"""

from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

BEAT, POLL = "beat", "poll"


def alive_file(run_dir: Path, part: str) -> Path:
    """Return the file that a part touches while it lives."""
    return run_dir / f"{part}.heartbeat"


def ready_file(run_dir: Path, part: str) -> Path:
    """Return the file that a part touches while it can do its work."""
    return run_dir / f"{part}.ready"


def touch(file: Path) -> None:
    """Give a sign; where that cannot be done the log says so, and work goes on."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError as error:
        log.warning("no sign of life given", file=str(file), error=error.strerror)
