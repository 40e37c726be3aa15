"""What somebody says of an email."""

from dataclasses import dataclass
from datetime import datetime

from triage.ranking import Statement


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said of one email.

    Attributes:
        said_at: When, if it was said elsewhere before now; then it counts only against what was said earlier.
    """

    email_id: int
    statement: Statement
    author: str
    said_at: datetime | None = None
