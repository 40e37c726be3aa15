"""The command line as a person uses it: a process, its output, its exit code."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from triage.settings import sqlite_url
from triage.storage.session import Database

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `triage …` without any variable of ours set but those given."""

    def runs(*arguments: object, stdin: str | bytes = "", **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "triage", *map(str, arguments)],
            input=given,
            capture_output=True,
            env=clean | {"XDG_DATA_HOME": str(tmp_path / "home"), "COLUMNS": "120"} | variables,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return runs


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    """The database of the data folder."""
    made = Database(sqlite_url(data))
    yield made
    made.close()
