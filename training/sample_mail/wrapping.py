"""Plain text as clients break it: hard at a column, or flowed so that the reader's client can mend it."""

import re
import textwrap

_COLUMNS = 72
_QUOTE = re.compile(r"^((?:> ?)*)(.*)$", re.DOTALL)


def wrapped(text: str) -> str:
    """Break long lines for good, as old webmail does."""
    return "\n".join("\n".join(_broken(line, _COLUMNS)) or line for line in text.split("\n"))


def flowed(text: str) -> str:
    """Break long lines so that a reader can join them again: format=flowed (RFC 3676 section 4)."""
    return "\n".join(_flowed_line(line) for line in text.split("\n"))


def quoted(text: str) -> str:
    """Mark every line as somebody else's."""
    return "\n".join(f"> {line}" if line and not line.startswith(">") else f">{line}" for line in text.split("\n"))


def _flowed_line(line: str) -> str:
    match = _QUOTE.match(line)
    marks, words = (match[1], match[2]) if match else ("", line)
    depth = ">" * marks.count(">")
    # "-- " announces a signature, and its space is no soft break.
    pieces = [words] if words == "-- " else _broken(words.rstrip(" "), _COLUMNS - len(depth)) or [""]
    stuffed = [_stuffed(piece, depth) for piece in pieces]
    return " \n".join(stuffed)


def _stuffed(piece: str, depth: str) -> str:
    # A space in front keeps "From " and "> " of the writer's own from being taken for something else.
    needs_space = (depth and piece) or piece.startswith((" ", ">", "From "))
    return f"{depth}{' ' if needs_space else ''}{piece}"


def _broken(line: str, columns: int) -> list[str]:
    return textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False)
