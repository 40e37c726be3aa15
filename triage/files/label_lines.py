"""Lines of labels in a file: an object of JSON each, or rows of CSV below a header."""

import csv
import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from triage.errors import InvalidSubmission
from triage.files.json_mail import MOST_JSON_BYTES, begins_as_object
from triage.files.label_fields import COLUMNS, NAMES_AN_EMAIL, TEXTS, LabelledMail, labelled_mail
from triage.files.rejoined import Lines
from triage.ranking import HEADS

Document = dict[str, Any] | InvalidSubmission

_DELIMITERS = (",", ";", "\t")
# As people and spreadsheets write it, in English and German.
_TRUTH = dict.fromkeys(("true", "yes", "1", "wahr", "ja"), True) | dict.fromkeys(
    ("false", "no", "0", "falsch", "nein"), False
)


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """One line of labels.

    Attributes:
        name: File and line, for messages to a person.
        found: What it says, or why it says nothing.
    """

    name: str
    found: LabelledMail | InvalidSubmission


class _NoMore(Exception):
    """From this line on the file makes no sense."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number
        self.sentence = sentence


def labels_in(stream: Lines, name: str) -> Iterator[LabelledItem]:
    """Yield what each line of a file says; one that says nothing is an item with its error, and harms no other."""
    lines = _lines(stream)
    try:
        first = next(lines, (1, b""))
        of = _of_json if begins_as_object(first[1]) else _of_csv
        documents = of(chain([first], lines))
        for number, document in documents:
            found = document if isinstance(document, InvalidSubmission) else labelled_mail(document)
            yield LabelledItem(f"{name}:{number}", found)
    except _NoMore as error:
        yield LabelledItem(f"{name}:{error.number}", InvalidSubmission(error.sentence))


def _lines(stream: Lines) -> Iterator[tuple[int, bytes]]:
    """Yield lines with their numbers, blank ones at the beginning left out."""
    number, begun = 0, False
    while line := stream.readline(MOST_JSON_BYTES + 1):
        number += 1
        if len(line) > MOST_JSON_BYTES:
            raise _NoMore(number, f"the line has more than {MOST_JSON_BYTES:,} bytes; write one label a line")
        line = line.removeprefix(BOM_UTF8) if number == 1 else line
        begun = begun or bool(line.strip())
        if begun:
            yield number, line


def _of_json(numbered: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, Document]]:
    for number, line in numbered:
        if line.strip():
            yield number, _object(line)


def _object(line: bytes) -> Document:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return InvalidSubmission("not an object of JSON; write one a line")
    return document


def _of_csv(numbered: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, Document]]:
    csv.field_size_limit(MOST_JSON_BYTES)
    texts = _decoded(numbered)
    header_number, header = next(texts)
    try:
        delimiter, columns = _columns(header)
    except csv.Error as error:  # bare carriage returns, as Macs wrote them long ago
        raise _NoMore(header_number, "the lines end in carriage returns alone; save the file anew as CSV") from error
    if not (set(columns).intersection(HEADS) and set(columns).intersection(NAMES_AN_EMAIL)):
        sentence = "neither objects of JSON nor a header of CSV, such as id,topic or subject,body,topic; write one"
        raise _NoMore(header_number, sentence)
    rows = csv.reader((text for _, text in texts), delimiter=delimiter)
    while True:
        number = header_number + rows.line_num + 1  # a row may have several lines; this is its first
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise _NoMore(number, "not CSV from here on; is a quotation mark missing?") from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield number, _row(columns, row)


def _decoded(numbered: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, str]]:
    for number, line in numbered:
        try:
            yield number, line.decode()
        except UnicodeDecodeError as error:
            raise _NoMore(number, "not UTF-8 from here on; save the file as CSV in UTF-8") from error


def _columns(header: str) -> tuple[str, list[str]]:
    """Return the columns of a header, and the delimiter under which it names most that we know."""
    named = {
        mark: [name.strip().lower() for name in next(csv.reader([header], delimiter=mark), [])] for mark in _DELIMITERS
    }
    delimiter = max(named, key=lambda mark: len(COLUMNS.intersection(named[mark])))
    return delimiter, named[delimiter]


def _row(columns: Sequence[str], row: Sequence[str]) -> Document:
    if len(row) > len(columns):
        return InvalidSubmission("more cells than the header has; put texts with separators into quotation marks")
    cells = {name: cell for name, cell in zip(columns, row, strict=False) if cell.strip()}
    trimmed = {name: cell if name in TEXTS else cell.strip() for name, cell in cells.items()}
    names = {name: trimmed[name].lower() for name in ("sentiment", "urgency") if name in trimmed}
    act = trimmed.get("action_required", "").lower()
    return trimmed | names | ({"action_required": _TRUTH.get(act, act)} if act else {})
