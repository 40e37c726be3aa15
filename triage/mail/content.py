"""What a part holds, transfer encoding undone."""

import re

from triage.mail import bounds
from triage.mail.charsets import decoded
from triage.mail.parts import Part

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_ENCODING = re.compile(r"[\w-]+")
_FLOWED = "flowed"


def content_of(part: Part) -> bytes:
    """Return the bytes of a leaf; where its encoding is broken, what can be saved."""
    # `base64; charset=…` and `"base64"` mean base64.
    named = _ENCODING.search(part.field("Content-Transfer-Encoding"))
    return part.content(named[0]) if named else part.content()


def text_of(part: Part) -> str:
    """Return the text of a leaf, its beginning where it is endless."""
    content = part.content() if _is_not_base64(part) else content_of(part)
    # Four bytes are the longest letter.
    text = decoded(content[: 4 * bounds.MAX_TEXT_CHARS], part.parameter("Content-Type", "charset"))
    text = text[: bounds.MAX_TEXT_CHARS]
    if part.parameter("Content-Type", "format").lower() != _FLOWED:
        return text
    return unflowed(text, drop_space=part.parameter("Content-Type", "delsp").lower() == "yes")


def unflowed(text: str, *, drop_space: bool) -> str:
    """Return text with the lines joined that its mailer broke: those that end in a space.

    Source:
        RFC 3676 §4.
    """
    paragraphs: list[list[str]] = []
    is_open, open_depth = False, 0
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        is_signature_mark = words == "-- "
        if is_open and depth == open_depth and not is_signature_mark:
            paragraphs[-1].append(words)
        else:
            paragraphs.append([">" * depth + " " * (depth > 0) + words])
        is_open, open_depth = words.endswith(" ") and not is_signature_mark, depth
        if is_open and drop_space:
            paragraphs[-1][-1] = paragraphs[-1][-1][:-1]
    return "\n".join("".join(lines) for lines in paragraphs)


def _is_not_base64(part: Part) -> bool:
    """Tell plain text that only claims to be base64, as broken gateways make it."""
    if part.field("Content-Transfer-Encoding").strip().lower() != "base64":
        return False
    sample = part.content()[:2_000]
    return 20 * len(_NOT_BASE64.findall(sample)) > len(sample)
