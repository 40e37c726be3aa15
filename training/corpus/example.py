"""Labelled mail as `Example`s; a label nobody gave is `None`, and is never guessed."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from triage.errors import InvalidSubmission
from triage.labels import Language, Sentiment, Urgency

Name = TypeVar("Name", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Example:
    """One mail and what is known of it.

    Attributes:
        group: Mails that must stay on one side of a split, such as neighbours that differ in one thing.
        domain: The kind of organisation that got the mail; empty when unknown.
    """

    id: str
    subject: str
    body: str
    topic: str | None
    sentiment: Sentiment | None
    urgency: Urgency | None
    action_required: bool | None
    language: Language | None
    group: str
    domain: str


def digest_of(examples: Iterable[Example]) -> str:
    """Return the sha256 of what a model can learn from these examples, in hexadecimal."""
    digest = hashlib.sha256()
    for example in examples:
        labels = (example.topic, example.sentiment, example.urgency, example.action_required, example.language)
        fields = [example.id, example.subject, example.body, *labels, example.group, example.domain]
        digest.update(json.dumps(fields).encode())
    return digest.hexdigest()


def examples_in(paths: Sequence[Path]) -> list[Example]:
    """Read the examples of all files that somebody named, in order.

    Raises:
        InvalidSubmission: A line is no example, a file is no text, or there is no example in any file.
        OSError: A file cannot be read.
    """
    examples = [example for path in paths for example in read_examples(path)]
    if not examples:
        raise InvalidSubmission(f"{', '.join(map(str, paths))}: no mail is in there; write one labelled mail per line")
    return examples


def read_examples(path: Path) -> list[Example]:
    """Read examples from JSON Lines.

    Raises:
        InvalidSubmission: The file is no text, a line is no JSON object, or a field has a wrong type or an unknown
            label.
        OSError: The file cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            return [parse_example(line, place) for place, line in _numbered(path.name, lines)]
    except (UnicodeDecodeError, RecursionError) as error:
        raise InvalidSubmission(f"{path} is not JSON Lines in UTF-8; write one labelled mail per line") from error


def parse_example(line: str, place: str) -> Example:
    """Parse one line; `place` names it in errors and stands in for a missing id.

    Raises:
        InvalidSubmission: The line is no JSON object, or a field has a wrong type or an unknown label.
    """
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise InvalidSubmission(f"{place} is not JSON; write one object per line") from error
    if not isinstance(fields, dict):
        raise InvalidSubmission(f"{place} is not a JSON object; write one object per line")
    domain = _text(fields, "domain", place)
    return Example(
        id=str(fields.get("id", place)),
        subject=_text(fields, "subject", place),
        body=_text(fields, "body", place),
        topic=_text(fields, "topic", place) or None,
        sentiment=_label(fields, "sentiment", Sentiment, place),
        urgency=_label(fields, "urgency", Urgency, place),
        action_required=_truth(fields, "action_required", place),
        language=_label(fields, "language", Language, place),
        # Neighbouring mails of the corpus share a domain, so the domain holds a contrast group together.
        group=_text(fields, "group", place) or domain or place,
        domain=domain,
    )


def _numbered(name: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((f"{name}:{number}", line) for number, line in enumerate(lines, start=1) if line.strip())


def _text(fields: dict[str, object], key: str, place: str) -> str:
    value = fields.get(key) or ""
    if not isinstance(value, str):
        raise InvalidSubmission(f"{place} has a {key} that is no string; put it in quotes", pointer=f"/{key}")
    return value


def _label(fields: dict[str, object], key: str, names: type[Name], place: str) -> Name | None:
    value = fields.get(key)
    if value is None:
        return None
    if value not in _values(names):
        known = ", ".join(_values(names))
        raise InvalidSubmission(f"{place} has a {key} we do not know; use one of {known}", pointer=f"/{key}")
    return names(str(value))


def _values(names: type[Name]) -> Sequence[str]:
    return [name.value for name in names]


def _truth(fields: dict[str, object], key: str, place: str) -> bool | None:
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise InvalidSubmission(
        f"{place} has an {key} that is neither true nor false; write it without quotes", pointer=f"/{key}"
    )
