"""What must be true when the noise is over, and the figure that a test leaves behind."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from tests.system.conftest import until
from triage.storage.session import Database
from triage.storage.tables import Email, Verdict


def settled(status: Callable[[], dict[str, Any]], seconds: float = 120) -> float:
    """Wait until nothing is queued, and return how many seconds that took."""
    began = time.monotonic()
    until(lambda: status()["emails"]["queued"] == 0, seconds)
    return time.monotonic() - began


def assert_each_read_once(url: str, accepted: set[int]) -> None:
    """Every accepted email is stored, and every stored one has exactly one verdict under the one model that ran."""
    found = verdicts_by_email(url)
    lost = accepted - found.keys()
    assert not lost, f"{len(lost)} accepted emails are not stored, such as {min(lost)}"
    assert Counter(found.values()) == Counter({1: len(found)})


def assert_each_read(url: str, accepted: set[int], *, versions: int) -> None:
    """Every accepted email is stored, and every stored one has a verdict of at least one of the models that ran."""
    found = verdicts_by_email(url)
    lost = accepted - found.keys()
    assert not lost, f"{len(lost)} accepted emails are not stored, such as {min(lost)}"
    assert set(found.values()) <= set(range(1, versions + 1))


def verdicts_by_email(url: str) -> dict[int, int]:
    """How many verdicts each stored email has."""
    database = Database(url)
    query = (
        select(Email.id, func.count(Verdict.email_id))
        .outerjoin(Verdict, Verdict.email_id == Email.id)
        .group_by(Email.id)
    )
    with database.reading() as session:
        found = dict(session.execute(query).all())
    database.close()
    return found
