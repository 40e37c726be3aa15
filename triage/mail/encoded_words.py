"""Header values to text (RFC 2047), as mailers write them and not only as they should."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from quopri import decodestring

from triage.mail.charsets import decoded
from triage.mail.legible import legible_line

_CHARSET, _LANGUAGE = r"[\w.:+-]{1,60}", r"(?:\*[\w-]{0,20})?"
# The text of a word may hold spaces and question marks that its mailer forgot to encode. It ends where another word
# begins, so that a value full of beginnings without ends is read once and not once for each.
_TEXT = rf"(?:[^?=]|=(?!\?{_CHARSET}{_LANGUAGE}\?[bBqQ]\?)|\?(?!=))*+"
_WORD = re.compile(rf"=\?({_CHARSET}){_LANGUAGE}\?([bBqQ])\?({_TEXT})\?=")
_BETWEEN_WORDS = re.compile(r"\s*")


def header_text(value: str) -> str:
    """Return a header value as one line of text.

    Words that follow each other in one charset are joined before they are decoded: many mailers cut them in the
    middle of a letter, although they must not.

    Source:
        RFC 2047 §6.2.
    """
    return legible_line(_with_words_decoded(value) if "=?" in value else value)


def _with_words_decoded(value: str) -> str:
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        follows = end > 0 and _BETWEEN_WORDS.fullmatch(between)
        if not follows or word[1].lower() != charset:
            pieces.append(decoded(pending, charset))
            pending, charset = b"", word[1].lower()
        if not follows:
            pieces.append(between)
        pending += _bytes_of(word[2], word[3])
        end = word.end()
    return "".join((*pieces, decoded(pending, charset), value[end:]))


def _bytes_of(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return decodestring(text.encode("utf-8", "replace"), header=True)
    alphabet = re.sub(r"[^A-Za-z0-9+/]", "", text).encode()
    try:
        return b64decode(alphabet + b"=" * (-len(alphabet) % 4))
    except Base64Error:
        # One letter too many encodes nothing; the rest does.
        return b64decode(alphabet[: len(alphabet) // 4 * 4])
