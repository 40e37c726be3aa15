"""The names a reading is made of, in the order of the model's columns.

The meaning of each is in `training/corpus/GUIDE.md`. Adding a name, or moving one, makes older bundles unreadable: a
bundle's manifest repeats these lists, and a mismatch is refused at load.
"""

import unicodedata
from enum import StrEnum

from triage.errors import InvalidLabel


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


class ImageKind(StrEnum):
    """What an image is, as the shipped recogniser tells them apart."""

    SCREENSHOT = "screenshot"
    # A page that was scanned or photographed.
    DOCUMENT = "document"
    # An invoice, too.
    RECEIPT = "receipt"
    PHOTO = "photo"
    # Any other decoration, too.
    LOGO = "logo"


class Band(StrEnum):
    """A step of priority that people and filters can name, lowest first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class TopicState(StrEnum):
    """What the topic of an email is worth."""

    APPLIED = "applied"  # a person said so, or the model is sure enough
    SUGGESTED = "suggested"  # the model's guess, for a person to take or leave
    NONE = "none"  # none of the topics is likely enough to be named


class Source(StrEnum):
    """Where a label comes from."""

    HUMAN = "human"  # a person, through a page, the API or the command line
    RULE = "rule"  # a rule that a person wrote; whatever a person says of a mail goes before it
    IMPORT = "import"  # a file of labels
    CLIENT = "client"  # what a person did in their mail program


LONGEST_NAME, LONGEST_AUTHOR = 100, 200
# Control characters, lone surrogates, and ends of lines and paragraphs.
_CANNOT_BE_SHOWN = ("Cc", "Cs", "Zl", "Zp")


def topic_name(text: str) -> str:
    """Return the name of a topic as it is kept: composed, without space around it.

    Raises:
        InvalidLabel: It is empty or too long, or has characters that cannot be shown.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not _can_be_shown(name):
        raise InvalidLabel("the name of a topic must be text that can be shown, without line breaks; choose another")
    if len(name) > LONGEST_NAME:
        raise InvalidLabel(f"the name of a topic has at most {LONGEST_NAME} characters; choose a shorter one")
    return name


def author_name(text: str) -> str:
    """Return the name of whoever says or withdraws a label.

    Raises:
        InvalidLabel: It is empty or too long, or has characters that cannot be shown.
    """
    name = text.strip()
    if not _can_be_shown(name) or len(name) > LONGEST_AUTHOR:
        raise InvalidLabel(f"a label needs the name of its author, in at most {LONGEST_AUTHOR} characters; give one")
    return name


def _can_be_shown(name: str) -> bool:
    """Tell whether a name has something to see, and nothing that would break a line, a log or a database."""
    kinds = {unicodedata.category(character) for character in name}
    return not kinds.intersection(_CANNOT_BE_SHOWN) and any(kind[0] in "LMNPS" for kind in kinds)


def topic_key(name: str) -> str:
    """Return what two spellings of the same topic share: names are compared without regard to case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().casefold())
