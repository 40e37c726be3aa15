import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

Eventually = Callable[[Callable[[], object]], None]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until a condition holds; a loaded machine may take its time."""

    def wait_for(condition: Callable[[], object]) -> None:
        last_moment = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < last_moment, "what we waited for did not come about within a minute"
            time.sleep(0.01)

    return wait_for


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Say of a process id whether nothing runs under it any more."""

    def gone(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return gone


@pytest.fixture
def pids_in(eventually: Eventually) -> Callable[[Path], list[int]]:
    """Wait for a child to have written process ids, one per line, and return them."""

    def pids(path: Path) -> list[int]:
        eventually(lambda: path.exists() and path.read_text().endswith("\n"))
        return [int(line) for line in path.read_text().split()]

    return pids


@pytest.fixture(autouse=True)
def nothing_left(eventually: Eventually, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every process that a test starts ends with it, those included that no longer have a parent of ours."""
    mark = str(uuid.uuid4())
    monkeypatch.setenv("TRIAGE_TEST_MARK", mark)

    def started_here() -> list[psutil.Process]:
        everything = psutil.process_iter(["environ"])
        return [process for process in everything if mark in (process.info["environ"] or {}).values()]

    others = {child.pid for child in psutil.Process().children()}  # what a whole test session shares
    yield
    eventually(lambda: {child.pid for child in psutil.Process().children()} <= others and not started_here())
