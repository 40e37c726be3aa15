"""What a row says of an email: how long it has waited, when it is due, what its images are."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel.dates import format_timedelta

from triage.api.schemas import AttachmentItem, EmailItem
from triage.web.language import Language


def row_context(language: Language, now: datetime) -> dict[str, Any]:
    """Return what the template of a row asks for besides its email."""
    return {
        "waited": lambda moment: waited(moment, now, language),
        "until": lambda moment: waited(now, max(now, moment), language),
        "due": due_in(language, now),
        "kinds": kinds,
        "percent": language.percent,
        "snippet": snippet,
    }


def waited(moment: datetime, now: datetime, language: Language) -> str:
    """Return how long something has waited, as short as the language can say it."""
    length = format_timedelta(now - moment, "minute", threshold=1.2, format="short", locale=language.code)
    return length.replace(" ", "\N{NO-BREAK SPACE}")


def due_in(language: Language, now: datetime) -> Callable[[EmailItem], str]:
    """Return what says of an email when it is due; empty where nobody waits for an answer by a time."""

    def told(item: EmailItem) -> str:
        if item.due_at is None or item.handled_at is not None:
            return ""
        if item.overdue:
            return language.t("inbox.overdue_since", time=waited(item.due_at, now, language))
        return language.t("inbox.due_in", time=waited(now, item.due_at, language))

    return told


def snippet(item: EmailItem) -> str:
    """Return the beginning of a mail, as much as a row of a wide screen holds."""
    return item.snippet[:140]


def kinds(attachments: list[AttachmentItem]) -> list[str]:
    """Return what the images that count were found to be, once each, in order."""
    found = (one.finding for one in attachments)
    return list(dict.fromkeys(one.kind for one in found if one and one.kind and not one.is_decoration))
