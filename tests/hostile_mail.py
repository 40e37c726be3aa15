"""Mail made to hold up whoever reads it: each is named for what it has too many of. All are made here."""

from collections.abc import Callable
from functools import partial
from itertools import product

_HEADER = b"From: a@example.org\nSubject: x\n"
_MIXED = _HEADER + b"Content-Type: multipart/mixed; boundary=b\n\n"
# The size at which the bounds of `triage.mail.bounds` have begun to hold.
_LARGE = 500_000


def _text(piece: str) -> bytes:
    return _HEADER + b"Content-Type: text/plain; charset=utf-8\n\n" + _filled(piece)


def _forwarded(piece: str) -> bytes:
    return b"From: a@example.org\nSubject: Fwd: x\nContent-Type: text/plain; charset=utf-8\n\n" + _filled(piece)


def _html(piece: str) -> bytes:
    return _HEADER + b"Content-Type: text/html; charset=utf-8\n\n" + _filled(piece)


def _field(name: str, piece: str) -> bytes:
    return _HEADER + name.encode() + b": " + _filled(piece, 195_000) + b"\n\nx\n"


def _parts(many: int, header: str, piece: str = "x", size: int = 1) -> bytes:
    one = f"--b\n{header}\n\n".encode() + _filled(piece, size) + b"\n"
    return _MIXED + b"--b\n\n\n" + one * many


def _filled(piece: str, size: int = _LARGE) -> bytes:
    whole = piece.encode()
    return (whole * (size // len(whole) + 1))[:size]


def _nested(depth: int, lines: int) -> bytes:
    heads = (f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(depth))
    return "".join(heads).encode() + b"\nx\n" * lines


def _distinct(form: str) -> str:
    return "".join(form.format(f"x{a}{b}{c}") for a, b, c in product("abcdefghijklmnopqrstuvwxyz", repeat=3))


# Patterns of ours that look at a line several times, or at the lines under it, each fed with what nearly fits.
REPLY_LINES = {
    "reply lines that do not end": "On 12:30 x\n",
    "reply lines without verb": "On Mon, 5 Jan 2026 at 12:30, a@b " + "x" * 60 + ":\n",
    "verbs in a reply line": "Am 12:30 " + "schrieb er " * 50 + "\n",
    "halves of a verb": "x " + "hat " * 120 + "12:30 <:\n",
    "verbs with brackets": "@ " + "wrote ( " * 70 + ":\n",
    "addresses in a reply line": "12-12-2020 " + "<a@b " * 110 + ":\n",
    "colons under addresses": "@:\n",
    "blank lines under addresses": "@:\n\n\n\n\n",
    "broken verbs": "wrote:wrote:\nwrote:",
}
LINES = {
    "copied headers": "From: a@b\nTo: x\nSubject: y\n",
    "senders": "From: a@b\n",
    "recipients of a copied header": "To: x\n" + "a@b,\n" * 39,
    "names that may be fields": "A' ' ' ' ' ' ' ' : \n",
    "rules": "-----\n",
    "dashes": "--\n",
    "stars": "*" * 500 + "\n",
    "blanks and tabs": " \t" * 300 + "x\n",
    "quote signs": "> > > > >\n",
    "quoted and not in turn": "> " + "a" * 80 + "\nb\n",
    "nothing but quote signs": ">",
    "nothing but line feeds": "\n",
    "nothing but carriage returns": "\r",
    "no-break spaces": "\xa0",
    "separators": "-----Original Message-----\n",
    "closing formulas": "mit freundlichen herzlichen besten\n",
    "notices": "\ndiese email " + "x" * 110 + "\n",
    "devices": "sent from " + "my phone " * 20 + "\n",
    "telephone numbers": "LG\n\nA B\n" + "tel   " * 30 + "\n",
}
MARKUP = {
    "open paragraphs": "<p>",
    "paragraphs": "<p>x</p>",
    "links never closed": "<a>",
    "depth": "<div>",
    "formats never closed": "<p><b><i><u>",
    "cells": "<td>x</td>",
    "line breaks": "<br>",
    "attributes": "<a " + " ".join(f"a{number}" for number in range(180)) + ">x",
    "long tags": "<" + "a" * 1_030,
    "names of tags": "<" + "a" * 29 + "b" * 960 + "<",
    "blanks in a style": "<p style='display" + " " * 900 + "'>",
    "quotations": "<blockquote>x</blockquote>",
    "lists": "<ul><li>x",
    "comments": "<!--",
    "entities": "&aaaaaaaaaaaaaaaaaaaa;",
    "declared entities": "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "tags that end nothing": "</x",
}

BOMBS: dict[str, Callable[[], bytes]] = {
    **{name: partial(_text, piece) for name, piece in (REPLY_LINES | LINES).items()},
    **{f"{name}, handed on": partial(_forwarded, piece) for name, piece in REPLY_LINES.items()},
    **{f"{name} in HTML": partial(_html, piece) for name, piece in MARKUP.items()},
    "commas in a list of recipients": lambda: _field("To", ","),
    "encoded commas": lambda: _field("To", ",=?"),
    "words in charsets that nobody knows": lambda: _field("To", _distinct("=?{}?q?=E4?= <a@b>, ")),
    "references": lambda: _field("References", "<a>"),
    "signs of a date": lambda: _field("Date", "1:"),
    "semicolons in a quoted parameter": lambda: _parts(100, 'Content-Type: text/plain; x="' + ";" * 3_900),
    "parameters": lambda: _parts(100, "Content-Type: text/plain" + ";a=b" * 990),
    "pieces of a parameter": lambda: _parts(
        100, "Content-Disposition: attachment" + "".join(f";filename*{number}*=b" for number in range(200))
    ),
    "attached HTML": lambda: _parts(5, "Content-Type: text/html\nContent-Disposition: attachment", "<p>", 300_000),
    "attached texts": lambda: _parts(50, "Content-Disposition: attachment\nContent-Type: text/plain", "x y\n", 50_000),
    "attached messages": lambda: _parts(20, "Content-Type: message/rfc822\n\nSubject: x", "\n", 10_000),
    "parts of HTML": lambda: _parts(900, "Content-Type: text/html", "<p>x", 500),
    "texts in no known charset": lambda: _parts(90, "Content-Type: text/plain; charset=x", "äöüß ", 4_000),
    "lines deep inside": lambda: _nested(19, 100_000),
    "lines that are no field": lambda: _HEADER + b"no field\n" * 20_000 + b"To: x\n\nx\n",
    "lines of an mbox": lambda: _HEADER + b"From x\n" * 30_000 + b"To: x\n\nx\n",
    "blanks in a field": lambda: _HEADER + b"a" + b"\t" * _LARGE + b"\n\nx\n",
    "words in flowed text": lambda: _HEADER + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 100_000,
}
