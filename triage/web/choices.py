"""What a page's script needs to know: its words, and what can be said of an email."""

from collections.abc import Iterable, Mapping
from typing import Any

from triage.labels import Sentiment, Urgency
from triage.web.can import can_snooze
from triage.web.language import Language


def script_words(
    language: Language, topics: Iterable[str], filters: Mapping[str, str], *, state: str | None = None
) -> dict[str, Any]:
    """Return it as JSON: each choice is its name and what the language calls it."""
    return {
        "js": language.words("js"),
        "topic": _named(language, "topic", topics),
        "urgency": _named(language, "urgency", reversed(Urgency)),
        "sentiment": _named(language, "sentiment", Sentiment),
        "filters": dict(filters),
        "state": state,
        "can_snooze": can_snooze(),
    }


def _named(language: Language, kind: str, names: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(name), language.word(kind, name)) for name in names]
