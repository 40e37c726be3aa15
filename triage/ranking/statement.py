"""What people say of an email, as far as ranking goes: a said label is certain, whatever the model believes."""

from dataclasses import dataclass
from typing import Any

from triage.labels import Sentiment, Urgency

HEADS = ("topic", "sentiment", "urgency", "action_required")


@dataclass(frozen=True, slots=True)
class Statement:
    """Labels of one email; `None` says nothing of a head."""

    topic: str | None = None
    sentiment: Sentiment | None = None
    urgency: Urgency | None = None
    action_required: bool | None = None

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads that it says something of."""
        return tuple(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Return what is said, by head."""
        return {head: value for head in HEADS if (value := getattr(self, head)) is not None}


@dataclass(frozen=True, slots=True)
class Said:
    """The labels of an email that are in force.

    Attributes:
        by_rule: The heads that a rule labelled, and no person.
    """

    statement: Statement
    by_rule: frozenset[str] = frozenset()


NOTHING_SAID = Said(Statement())


def factor_of(head: str) -> str:
    """Return what a head is called among the reasons."""
    return "action" if head == "action_required" else head


def head_of(factor: str) -> str:
    """Return the head that a reason rests on."""
    return "action_required" if factor == "action" else factor
