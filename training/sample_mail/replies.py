"""How clients show, below a reply, what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from training.sample_mail.wrapping import quoted
from triage.labels import Language
from triage.mail import Address

# Not from the locale, which is another on each machine.
_DAYS = {
    Language.ENGLISH: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    Language.GERMAN: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
}
_MONTHS = {
    Language.ENGLISH: "January February March April May June July August September October November December",
    Language.GERMAN: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The message that is answered."""

    sender: Address
    to: Address
    subject: str
    sent_at: datetime
    text: str


History = Callable[[Earlier, Language], str]


def outlook(earlier: Earlier, language: Language) -> str:
    """Return the earlier message below a header block, unmarked."""
    at = earlier.sent_at
    if language is Language.GERMAN:
        when = f"{_day(at, language)}, {at.day}. {_month(at, language)} {at:%Y %H:%M}"
        return _block("Ursprüngliche Nachricht", ("Von", "Gesendet", "An", "Betreff"), when, earlier)
    when = f"{_day(at, language)}, {at.day} {_month(at, language)} {at:%Y %H:%M}"
    return _block("Original Message", ("From", "Sent", "To", "Subject"), when, earlier)


def gmail(earlier: Earlier, language: Language) -> str:
    """Return the earlier message marked line by line, below one sentence."""
    at, day, month = earlier.sent_at, _day(earlier.sent_at, language), _month(earlier.sent_at, language)
    if language is Language.GERMAN:
        said = f"Am {day[:2]}., {at.day}. {month[:3]}. {at:%Y} um {at:%H:%M} Uhr schrieb {_who(earlier.sender)}:"
    else:
        said = f"On {day[:3]}, {at.day} {month[:3]} {at:%Y} at {at:%H:%M}, {_who(earlier.sender)} wrote:"
    return f"{said}\n\n{quoted(earlier.text)}"


def apple(earlier: Earlier, language: Language) -> str:
    """Return the earlier message marked line by line, its sentence among the marked lines."""
    at = earlier.sent_at
    if language is Language.GERMAN:
        said = f"Am {at:%d.%m.%Y} um {at:%H:%M} schrieb {_who(earlier.sender)}:"
    else:
        said = f"On {at.day} {_month(at, language)[:3]} {at:%Y}, at {at:%H:%M}, {_who(earlier.sender)} wrote:"
    return quoted(f"{said}\n\n{earlier.text}")


def thunderbird(earlier: Earlier, language: Language) -> str:
    """Return the earlier message marked line by line, directly below a short sentence."""
    at, name = earlier.sent_at, earlier.sender.name or earlier.sender.address
    if language is Language.GERMAN:
        said = f"Am {at:%d.%m.%y} um {at:%H:%M} schrieb {name}:"
    else:
        said = f"On {at:%d/%m/%Y} {at:%H:%M}, {name} wrote:"
    return f"{said}\n{quoted(earlier.text)}"


def _block(title: str, names: tuple[str, str, str, str], when: str, earlier: Earlier) -> str:
    values = (_who(earlier.sender), when, _who(earlier.to), earlier.subject)
    lines = [f"{name}: {value}" for name, value in zip(names, values, strict=True)]
    return "\n".join([f"-----{title}-----", *lines, "", earlier.text])


def _who(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address


def _day(at: datetime, language: Language) -> str:
    return _DAYS[language].split()[at.weekday()]


def _month(at: datetime, language: Language) -> str:
    return _MONTHS[language].split()[at.month - 1]
