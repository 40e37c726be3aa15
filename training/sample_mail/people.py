"""Who writes, and from where: invented names at domains that nobody can own (RFC 2606, RFC 6761)."""

import unicodedata

from training.sample_mail.chance import Chance
from triage.mail import Address

HOUSE = "stadtwerke-sample.example"
INBOX = Address("", f"info@{HOUSE}")
FORM = Address("Kontaktformular", f"formular@{HOUSE}")
# As the address books of those who write to us name the same inbox.
_INBOX_NAMES = ("", "", "Info Stadtwerke", "Stadtwerke Sample", f"info@{HOUSE}", "Kundenservice")

_PROVIDERS = (
    "mailpost.example",
    "mailpost.example",
    "webbrief.example",
    "webbrief.example",
    "postkasten.example",
    "inbox.example",
    "fastpost.example",
    "example.org",
    "example.net",
    "example.com",
    "home.example.net",
)
_TITLES = frozenset({"Dr", "Dr.", "Prof.", "em.", "Mag.", "Ms", "Mrs"})
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "ł": "l", "ø": "o", "đ": "d"})


def person(written: str, seed: int) -> Address:
    """Return who is meant by `Name`, who is given an address to keep, by `Name <address>` or by an address alone."""
    name, _, address = written.rpartition("<")
    if name:
        return Address(name.strip(), address.rstrip(">"))
    if "@" in written:
        return Address("", written)
    return Address(written, _private_address(written, Chance(seed, written)))


def inbox(chance: Chance) -> Address:
    """Return our inbox under one of the names that people give it."""
    return Address(chance.pick("inbox name", _INBOX_NAMES), INBOX.address)


def domain(address: Address) -> str:
    """Return what stands after the `@`."""
    return address.address.rpartition("@")[2]


def _private_address(name: str, chance: Chance) -> str:
    words = [_ascii(word) for word in name.split() if word not in _TITLES]
    first, last = words[0], words[-1]
    digits = str(chance.number("digits", 90) + 10)
    local_parts = (f"{first}.{last}", f"{first[0]}.{last}", f"{first}{digits}", f"{last}.{first}", f"{first}_{last}")
    return f"{chance.pick('local part', local_parts)}@{chance.pick('provider', _PROVIDERS)}"


def _ascii(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.lower().translate(_SPELLED))
    return "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "-"))
