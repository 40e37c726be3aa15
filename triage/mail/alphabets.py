"""Letters of other alphabets that stand in for Latin ones they look like.

A word of a Latin text that holds such letters reads to a person as Latin, and to a model as a word that it never met.
"""

import re

_CYRILLIC = dict(zip("асеорхуіѕјһԁԛԝѵАВСЕНІЈКМОРЅТХУ", "aceopxyisjhdqwvABCEHIJKMOPSTXY", strict=True))
_GREEK = dict(zip("οανιρυχϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavipuxcABEZHIKMNOPTYX", strict=True))
_LATIN_OF = str.maketrans(_CYRILLIC | _GREEK)
_LOOK_ALIKES = "".join(map(chr, _LATIN_OF))
_OTHER = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_DISGUISED = re.compile(rf"(?<!\w)(?:[A-Za-z0-9_]|[{_LOOK_ALIKES}])+(?!\w)")
_LATIN = re.compile(r"[A-Za-z]")


def in_latin(text: str) -> str:
    """Return a text with the look-alikes in it as Latin letters; one that is Greek or Cyrillic stays as it is."""
    others = 0 if text.isascii() else len(_OTHER.findall(text))
    if not others or others > 3 * len(_LATIN.findall(text)):
        return text
    return _DISGUISED.sub(lambda word: word[0].translate(_LATIN_OF), text)
