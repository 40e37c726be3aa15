"""Rules, VIPs, business hours and response targets, as a policy file writes them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from triage.errors import InvalidPolicy
from triage.labels import Band
from triage.ranking.hours import DAYS, BusinessHours, Span
from triage.ranking.rules import Rule, folded

MOST_RULES, MOST_ENTRIES, LONGEST_ENTRY, MOST_STARS = 200, 500, 200, 3
LONGEST_TARGET_HOURS = 2000.0
_LISTS = ("senders", "recipients", "words", "topics", "findings", "days")
_RULE = ("name", *_LISTS, "hours", "at_least", "force")
_DAY_NAMES = [day.lower() for day in DAYS]


def zone_of(figures: Mapping[str, Any]) -> tzinfo:
    """Return the time zone in which a policy names hours; UTC where it names none."""
    name = figures.get("timezone", "UTC")
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError, TypeError, AttributeError) as error:
        raise InvalidPolicy(f"timezone {name!r} is not known here; write one as Europe/Berlin") from error


def rules_of(figures: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules of a policy, its VIPs first."""
    tables = figures.get("rules", [])
    if not isinstance(tables, list) or not all(isinstance(one, Mapping) for one in tables):
        raise InvalidPolicy("rules must be tables; write each under a [[rules]] of its own")
    if len(tables) > MOST_RULES:
        raise InvalidPolicy(f"there are {len(tables)} [[rules]]; keep it to {MOST_RULES}, one may list many senders")
    return (*_vips(figures), *(_rule(number, one) for number, one in enumerate(tables, 1)))


def business_hours_of(figures: Mapping[str, Any], zone: tzinfo) -> BusinessHours:
    """Return when mail is answered; at all hours where a policy does not say."""
    table = figures.get("business_hours")
    if table is None:
        return BusinessHours(zone)
    _require_known("[business_hours]", table, [*_DAY_NAMES, "holidays"])
    spans = tuple(_span(f"[business_hours] {day}", table[day]) if day in table else None for day in _DAY_NAMES)
    if not any(spans):
        raise InvalidPolicy('[business_hours] names no day; write some, as in monday = "08:00-17:00"')
    for day, span in zip(_DAY_NAMES, spans, strict=True):
        if span is not None and span.end <= span.begin and span.end != time(0):
            raise InvalidPolicy(f"[business_hours] {day} goes on past midnight; end it at 00:00 and begin the next day")
    return BusinessHours(zone, spans, frozenset(_holidays(table.get("holidays", []))))


def answer_within(figures: Mapping[str, Any]) -> dict[Band, timedelta]:
    """Return within how much business time mail of a band is to be answered; none where a policy does not say."""
    table = figures.get("answer_within", {})
    _require_known("[answer_within]", table, list(Band))
    found = {}
    for name, hours in table.items():
        if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= LONGEST_TARGET_HOURS:
            raise InvalidPolicy(f"[answer_within] {name} must be hours, above 0 and up to {LONGEST_TARGET_HOURS:g}")
        found[Band(name)] = timedelta(hours=hours)
    return found


def _vips(figures: Mapping[str, Any]) -> list[Rule]:
    table = figures.get("vips", {})
    _require_known("[vips]", table, ["senders", "at_least"])
    senders = _addresses("[vips] senders", table.get("senders", []))
    band = _band("[vips] at_least", table.get("at_least", "high"))
    return [Rule("VIPs", band, senders=senders)] if senders else []


def _rule(number: int, table: Mapping[str, Any]) -> Rule:
    name = table.get("name", "")
    if not isinstance(name, str) or len(name) > LONGEST_ENTRY or not name.isprintable():
        raise InvalidPolicy(f"[[rules]] {number} name must be a short text; correct it")
    place = f"[[rules]] {number} ({name})" if name else f"[[rules]] {number}"
    _require_known(place, table, _RULE)
    named = [one for one in ("at_least", "force") if one in table]
    if len(named) != 1:
        raise InvalidPolicy(f'{place} must say either at_least or force, as in at_least = "high"')
    rule = Rule(
        name,
        _band(f"{place} {named[0]}", table[named[0]]),
        is_forced=named == ["force"],
        senders=_addresses(f"{place} senders", table.get("senders", [])),
        recipients=_addresses(f"{place} recipients", table.get("recipients", [])),
        words=_words(f"{place} words", table.get("words", [])),
        topics=_texts(f"{place} topics", table.get("topics", [])),
        findings=_texts(f"{place} findings", table.get("findings", [])),
        days=frozenset(_day(f"{place} days", one) for one in _texts(f"{place} days", table.get("days", []))),
        hours=_span(f"{place} hours", table["hours"]) if "hours" in table else None,
    )
    empty = [one for one in _LISTS if one in table and not table[one]]
    if empty:
        raise InvalidPolicy(f"{place} {empty[0]} is empty and would fit all mail; name some or take it out")
    if not any(one in table for one in (*_LISTS, "hours")):
        raise InvalidPolicy(f"{place} names no mail; say which with senders, recipients, words, topics, findings, days")
    return rule


def _require_known(place: str, table: Any, known: Sequence[str]) -> None:
    if not isinstance(table, Mapping):
        raise InvalidPolicy(f"{place} must be a table; write it as in docs/policy.md")
    unknown = [key for key in table if key not in known]
    if unknown:
        raise InvalidPolicy(f"{place} has an unknown entry {unknown[0]!r}; it takes {', '.join(known)}")


def _band(place: str, value: Any) -> Band:
    if value not in list(Band):
        raise InvalidPolicy(f"{place} is {value!r}; it must be one of {', '.join(Band)}")
    return Band(value)


def _texts(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise InvalidPolicy(f'{place} must be a list of texts, as in ["one", "another"]; correct it')
    if len(value) > MOST_ENTRIES or any(len(one) > LONGEST_ENTRY for one in value):
        raise InvalidPolicy(f"{place} is too long: {MOST_ENTRIES} entries of {LONGEST_ENTRY} characters are the most")
    return tuple(one.strip() for one in value)


def _addresses(place: str, value: Any) -> tuple[str, ...]:
    found = tuple(one.lower() for one in _texts(place, value))
    for one in found:
        if "@" not in one or one.count("*") > MOST_STARS or " " in one:
            raise InvalidPolicy(
                f"{place} has {one!r}; write an address, or a domain as @example.org, with {MOST_STARS} * at most"
            )
    return found


def _words(place: str, value: Any) -> tuple[str, ...]:
    found = _texts(place, value)
    for one in found:
        if not folded(one.strip("*")).strip() or "*" in one.strip("*"):
            raise InvalidPolicy(
                f"{place} has {one!r}; write words, and a * only at an end for the rest of a word, as in evacuat*"
            )
    return found


def _day(place: str, value: str) -> int:
    if value.lower() not in _DAY_NAMES:
        raise InvalidPolicy(f"{place} has {value!r}; it takes {', '.join(_DAY_NAMES)}")
    return _DAY_NAMES.index(value.lower())


def _span(place: str, value: Any) -> Span:
    try:
        begin, end = (_time(part) for part in value.split("-"))
    except (ValueError, AttributeError) as error:
        raise InvalidPolicy(f'{place} is {value!r}; write hours as "08:00-17:00"') from error
    return Span(begin, end)


def _time(text: str) -> time:
    text = text.strip()
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _holidays(value: Any) -> list[date]:
    if not isinstance(value, list):
        raise InvalidPolicy('[business_hours] holidays must be a list of days, as in ["2026-12-25"]')
    return [_holiday(one) for one in value]


def _holiday(value: Any) -> date:
    try:
        return value if type(value) is date else date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise InvalidPolicy(f"[business_hours] holidays has {value!r}; write a day as 2026-12-25") from error
