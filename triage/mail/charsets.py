"""Bytes to text, whatever the mail claims they are."""

import codecs
import encodings
import pkgutil
import re
from encodings.aliases import aliases
from functools import lru_cache

from triage.mail.legible import legible_text

# What mailers call a charset, and the codec that reads what they mean: the superset that Windows made of it.
_MEANT = {
    "": "us-ascii",
    "ansi": "cp1252",
    "ansi_x3.4-1968": "us-ascii",
    "ascii": "us-ascii",
    "big5": "big5hkscs",
    "default": "us-ascii",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "macintosh": "mac_roman",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "unknown-8bit": "us-ascii",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-unknown": "us-ascii",
}
# These are for other things than mail, and two of them take quadratic time.
_NOT_OF_MAIL = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
# Python keeps every name that it was ever asked for, and a sender may make up as many as there is memory.
_KNOWN = frozenset(aliases) | {module.name for module in pkgutil.iter_modules(encodings.__path__)}
_WESTERN = "cp1252"
# Declared by default or by mistake so often that valid UTF-8 is the better witness.
_DOUBTFUL = frozenset({"", "ascii", _WESTERN, "iso8859-15"})
# What mail without a usable charset is written in; among all that exist, short texts are guessed wrong too often.
_GUESSES = ["cp1252", "cp1251", "koi8_r", "cp1250", "iso8859_2", "cp1253", "cp1255", "cp1256"]
_GUESSES += ["gb18030", "big5", "cp932", "euc_jp", "cp949"]
# What of the bytes is looked at to guess; guessing costs milliseconds.
_GUESSED_FROM = 4_096
# Fewer letters beyond ASCII than this, and Western European is likelier than any guess is right.
_ENOUGH_TO_GUESS, _SHARE_TO_GUESS = 20, 0.1


def decoded(content: bytes, charset: str = "") -> str:
    """Return the text of bytes in a declared charset, made legible; never raises.

    UTF-8 wins over a Western charset when the bytes are valid in it, because they hardly ever are by chance. Where
    the declared charset is unknown or does not fit, the bytes decide.
    """
    if content.isascii() and b"\x1b" not in content and not _is_wide(charset):
        return legible_text(content.decode("ascii"))
    return legible_text(_decoded(content, _codec(charset)))


def _decoded(content: bytes, codec: str) -> str:
    for candidate in ("utf-8", codec) if codec in _DOUBTFUL else (codec, "utf-8"):
        try:
            return content.decode(candidate)
        except (UnicodeError, LookupError):
            continue
    if codec == "utf-8" and _is_damaged_utf8(content):
        return content.decode("utf-8", "replace")
    return content.decode(_guessed(content), "replace")


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Return Python's name of a declared charset; empty when it knows none, or one that makes no text of bytes."""
    name = re.sub(r"[^a-z0-9_.:+-]", "", charset.lower())[:40]
    name = encodings.normalize_encoding(_MEANT.get(name, name).replace("windows-", "cp"))
    if name not in _KNOWN:
        return ""
    try:
        found = codecs.lookup(name).name
        b"a".decode(name)  # `rot13` and `zlib` are known too, and are no charsets
    except UnicodeError:
        pass
    except LookupError:
        return ""
    return "" if found.replace("_", "-") in _NOT_OF_MAIL else found


def _is_wide(charset: str) -> bool:
    """Tell whether ASCII bytes may mean other letters: UTF-7, UTF-16, EBCDIC, or Chinese in seven bits."""
    return bool(charset) and charset.lower() not in {"utf-8", "us-ascii", "iso-8859-1"} and _means_other(charset)


def _means_other(charset: str) -> bool:
    codec = _codec(charset)
    try:
        return codec != "" and b"Aa0~{+".decode(codec) != "Aa0~{+"
    except UnicodeError:
        return True


def _is_damaged_utf8(content: bytes) -> bool:
    """Tell UTF-8 with a few broken letters, as left by cutting and by gateways, from another charset."""
    text = content[:_GUESSED_FROM].decode("utf-8", "replace")
    return 2 * text.count("\ufffd") < sum(letter > "\x7f" for letter in text)


def _guessed(content: bytes) -> str:
    sample = content[:_GUESSED_FROM]
    beyond_ascii = sum(byte > 0x7F for byte in sample)
    if beyond_ascii < max(_ENOUGH_TO_GUESS, _SHARE_TO_GUESS * len(sample)):
        return _WESTERN
    # Only mail with a wrong charset needs it, and importing it takes longer than parsing a mail.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    return best.encoding if best else _WESTERN
