"""Decoded text made safe to store, log in sizes, and show: no control characters, no halves of characters."""

import re

_LINE_ENDS = re.compile(r"[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls; soft hyphens and the invisible letters that newsletters pad their preview with; halves of UTF-16 pairs.
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u200b\u2060\ufeff\ufff9-\ufffb\ud800-\udfff]")
# A file called `invoice<RLO>gpj.exe` reads as `invoiceexe.jpg`.
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def legible_text(text: str) -> str:
    """Return text whose lines end in a line feed and which holds nothing that a database or a terminal chokes on."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text  # nearly all mail, and much faster than the expressions
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def legible_line(text: str) -> str:
    """Return text as one line: runs of white space are one space, and nothing turns the reading direction."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_DIRECTION.sub("", legible_text(line)).split())
