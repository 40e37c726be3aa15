"""The language that a page speaks: its words, and how it writes numbers, dates and durations.

Each language has one catalogue, `catalogues/<code>.toml`. A key is the path to a sentence, `inbox.title`. Where the
sentence depends on a number it is a table of plural forms, `{one = "{count} file", other = "{count} files"}`, chosen by
the value `count`. Numbers that fill a sentence are written as the language writes them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from fastapi import Request

CATALOGUES = Path(__file__).parent / "catalogues"
# The first is spoken to those who ask for none that we have.
CODES = ("en", "de")
COOKIE = "lang"
MOMENT, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

Day = date
Sentence = str | Mapping[str, str]
PLURAL_FORMS = {"zero", "one", "two", "few", "many", "other"}


@dataclass(frozen=True, slots=True)
class Language:
    """What a page is written in.

    Args:
        code: As in `<html lang>`.
        sentences: Key to sentence, or to plural forms.
    """

    code: str
    sentences: Mapping[str, Sentence]

    def t(self, key: str, **values: Any) -> str:
        """Return the sentence of a key, filled with values; its plural form is that of `count`.

        Raises:
            KeyError: No catalogue has the key, or a value is missing.
        """
        sentence = self.sentences[key]
        if not isinstance(sentence, str):
            sentence = sentence[Locale(self.code).plural_form(values["count"])]
        return sentence.format(**{name: self._written(value) for name, value in values.items()})

    def word(self, kind: str, name: str) -> str:
        """Return what the language calls a name, `word("topic", "billing")`; one that is not ours stands as it is."""
        sentence = self.sentences.get(f"{kind}.{name}", name)
        return sentence if isinstance(sentence, str) else name

    def words(self, kind: str) -> dict[str, Sentence]:
        """Return the sentences below a key, unfilled, for a script."""
        prefix = f"{kind}."
        return {key.removeprefix(prefix): one for key, one in self.sentences.items() if key.startswith(prefix)}

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with so many digits after the point."""
        return format_decimal(value, "#,##0" + (f".{'0' * digits}" if digits else ""), self.code)

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share of 1 as so much of a hundred."""
        return format_percent(round(share, digits + 2), locale=self.code, decimal_quantization=False)

    def date(self, moment: Day) -> str:
        """Return a day, or that of a moment in its own time zone."""
        return format_date(moment, "medium", self.code)

    def day(self, moment: Day) -> str:
        """Return a day without its year, as short as can be."""
        return format_skeleton("MMMd", moment, locale=self.code)

    def moment(self, moment: datetime) -> str:
        """Return a moment to the minute, in its own time zone and with its name."""
        return f"{self.date(moment)}, {format_time(moment, 'short', locale=self.code)} {moment.tzname() or ''}".strip()

    def duration(self, length: timedelta | float) -> str:
        """Return how long something takes, given as such or in seconds; never less than a minute."""
        told = length if isinstance(length, timedelta) else timedelta(seconds=length)
        return format_timedelta(max(told, MOMENT), "minute", threshold=1.2, locale=self.code)

    def span(self, length: timedelta) -> str:
        """Return how long something takes in two units, to be compared: `1 day 20 hours`."""
        minutes = max(round(length / MINUTE), 1)
        parts = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
        told = [(unit, count) for unit, count in parts if count]
        first = parts.index(told[0])
        near = [(unit, count) for unit, count in parts[first : first + 2] if count]
        return " ".join(format_unit(count, f"duration-{unit}", locale=self.code) for unit, count in near)

    def ago(self, moment: datetime, now: datetime) -> str:
        """Return how long ago something was."""
        past = -max(now - moment, MOMENT)
        return format_timedelta(past, "minute", threshold=1.2, add_direction=True, locale=self.code)

    def _written(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return format_decimal(value, locale=self.code)


def language_of(request: Request) -> Language:
    """Return the language of a request: of its cookie, else the first it accepts that we have, else English."""
    chosen = request.cookies.get(COOKIE, "")
    wanted = (chosen, *accepted(request.headers.get("accept-language", "")))
    return language(next((code for code in wanted if code in CODES), CODES[0]))


def accepted(header: str) -> Iterator[str]:
    """Yield the languages of an `Accept-Language` header without their regions, the most wanted first.

    Source:
        RFC 9110 §12.5.4. What cannot be understood counts as not said.
    """
    ranges = [one.partition(";") for one in header.split(",")]
    weighed = [(_weight(weight), tag.strip().lower().split("-")[0]) for tag, _, weight in ranges]
    for weight, code in sorted(weighed, key=lambda one: -one[0]):
        if weight > 0:
            yield code


@cache
def language(code: str) -> Language:
    """Return a language that we have a catalogue of."""
    with (CATALOGUES / f"{code}.toml").open("rb") as file:
        return Language(code, dict(_flat(tomllib.load(file))))


def _flat(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Sentence]]:
    for name, value in table.items():
        if isinstance(value, Mapping) and not set(value) <= PLURAL_FORMS:
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
