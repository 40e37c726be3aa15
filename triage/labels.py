"""The names a reading is made of, in the order of the model's columns.

The meaning of each is in `training/corpus/GUIDE.md`. Adding a name, or moving one, makes older bundles unreadable: a
bundle's manifest repeats these lists, and a mismatch is refused at load.
"""

from enum import StrEnum


class Topic(StrEnum):
    """What a mail is about, not how it is felt nor how fast it must be answered."""

    TECHNICAL = "technical"
    ACCOUNT = "account"
    BILLING = "billing"
    ORDER = "order"
    CONTRACT = "contract"
    APPOINTMENT = "appointment"
    FEEDBACK = "feedback"
    BULK = "bulk"
    OTHER = "other"


class Sentiment(StrEnum):
    """The writer's feeling towards the recipient or the matter."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Urgency(StrEnum):
    """How soon a sensible clerk must act, as ordered steps, lowest first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Language(StrEnum):
    """The language a mail is written in, as far as the model can tell."""

    ENGLISH = "en"
    GERMAN = "de"
    OTHER = "other"


class Band(StrEnum):
    """A step of priority that people and filters can name, lowest first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"
