"""Padding left out of what a model looks at: letters that nobody reads, put there to push the rest out of sight.

A model looks at the beginning of a mail, so a page of base64 before the text would stand for it.
"""

import re

# A hash, a key, a file in base64: no word is as long, and addresses of pages have other signs in them.
_LONGEST_WORD = 40
_BLOB = re.compile(rf"(?<!\S)[A-Za-z0-9+/=_-]{{{_LONGEST_WORD},}}(?!\S)")
_RUN = re.compile(r"[\W_]{80,}")
# A shorter text is looked at whole, whatever stands between its words.
_LONG = 2000


def without_padding(text: str) -> str:
    """Return a text without words that are none, and a long one without long runs of signs or white space."""
    if max(map(len, text.split()), default=0) >= _LONGEST_WORD:  # hardly any mail, and much faster than the expression
        text = _BLOB.sub(_kept, text)
    return _RUN.sub(" ", text) if len(text) > _LONG else text


def _kept(blob: re.Match[str]) -> str:
    # Lines are drawn with signs; they are no words to anybody.
    return " " if any(map(str.isalnum, blob[0])) else blob[0]
