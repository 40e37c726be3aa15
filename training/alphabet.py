"""What each code point counts as: one table lookup folds look-alikes, masks digits and drops what nobody sees."""

import unicodedata

import numpy as np
import numpy.typing as npt

DROPPED, BREAK, SPACE, STOP = 0, ord("\n"), ord(" "), ord(".")
SYMBOLS = "!?€$£%"  # each is a word of its own
ENDS = ".:;"  # with `!` and `?`, what ends a sentence when white space follows
CODE_POINTS = 1 << 16  # later planes, emoji among them, count as space

# Cyrillic and Greek letters that pass for Latin ones, after case folding.
_LOOKALIKES = dict(zip("аеіјорсухѕһԁԛԝ" + "αικνορτυχ", "aeijopcyxshdqw" + "aikvoptux", strict=True))  # fmt: skip


def fold_table() -> npt.NDArray[np.int32]:
    """Return, per code point, the one it is read as."""
    return np.array([_fold(chr(point)) for point in range(CODE_POINTS)], np.int32)


def _fold(character: str) -> int:
    if character in "\n\r\u2028\u2029":
        return BREAK
    if character in ENDS:
        return STOP
    if character in SYMBOLS:
        return ord(character)
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Mn"} and not character.isspace():
        return DROPPED  # zero-width and control characters, and marks that NFKC could not compose
    if category == "Nd":
        return ord("0")
    if category[0] in "LN":
        return ord(_LOOKALIKES.get(character, character))
    return SPACE
