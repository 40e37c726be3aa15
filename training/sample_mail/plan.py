"""Which rows are sent, by whom, in which order: `plan.jsonl` joined with the corpus and with `letters.jsonl`.

The rows of `letters.jsonl` were written for the sample alone, in the form of the corpus: no model learns from them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.labels import Language

PLAN = Path(__file__).parent / "plan.jsonl"
LETTERS = Path(__file__).parent / "letters.jsonl"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to be written.

    Attributes:
        number: Its place in the order of arrival, from 1.
        slug: A word or two for the file name; unique.
        row: The row it is made from, with its labels.
        sender: `Name`, or `Name <address>`.
        kind: `person`, `form`, `newsletter`, `notice`, `absence`, `bounce` or `scam`.
        client: A name in `clients.CLIENTS`; empty to leave it to chance.
        subject: The row's, edited; a reply takes that of its thread.
        body: The row's, edited.
        answers: The slug of the letter that its thread goes back to; empty when it begins one.
        ours: What we had answered in between.
        cc: Who gets a copy, `Name <address>`.
        attachments: As `attachments.attached` takes them.
        after: So many minutes after the letter before it; 0 leaves to chance when it comes.
    """

    number: int
    slug: str
    row: Mapping[str, Any]
    sender: str
    subject: str
    body: str
    kind: str = "person"
    client: str = ""
    answers: str = ""
    ours: str = ""
    cc: Sequence[str] = ()
    attachments: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    after: int = 0

    @property
    def language(self) -> Language:
        """The language it is written in."""
        return Language(self.row["language"])


def read_plan(corpus: Path, plan: Path = PLAN) -> list[Letter]:
    """Return all letters in the order of their arrival.

    Args:
        corpus: The folder of the corpus, JSON Lines.
        plan: One object a line: `row` is an id of the corpus or of `letters.jsonl`; `edits` are pairs of old and new
            text that fit the row to this house, its season and its thread; the rest are attributes of `Letter`.

    Raises:
        ValueError: The plan names a row that the corpus lacks, or an edit finds nothing to change.
    """
    rows = {row["id"]: row for row in _rows([*sorted(corpus.glob("*.jsonl")), LETTERS])}
    return [_letter(number, entry, rows) for number, entry in enumerate(_rows([plan]), start=1)]


def _letter(number: int, entry: dict[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> Letter:
    if entry["row"] not in rows:
        raise ValueError(f"plan.jsonl, line {number}: the corpus has no row {entry['row']}; correct the id")
    row = rows[entry["row"]]
    subject, body = row["subject"], row["body"]
    if row["language"] == Language.ENGLISH:
        # Half of the English rows pay in pounds; this house bills in euros.
        subject, body = subject.replace("£", "€"), body.replace("£", "€")
    for old, new in entry.pop("edits", ()):
        if old not in subject + "\n" + body:
            raise ValueError(f"plan.jsonl, line {number}: an edit finds nothing to change; compare it with the row")
        subject, body = subject.replace(old, new), body.replace(old, new)
    details = {key: value for key, value in entry.items() if key != "row"}
    return Letter(number=number, row=row, subject=subject, body=body, **details)


def _rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
