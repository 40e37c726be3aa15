"""The words that mails about one matter share, and other mail does not use as often."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]{3,}")
MOST, _SHARE = 6, 0.12


def shared_words(members: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return at most `MOST` words, most telling first; each is in every eighth member and three times as frequent.

    How often a mail has a word does not count, and neither does case; a word is spelled as most members spell it.
    """
    spelled = Counter(word for text in members for word in set(_WORD.findall(text)))
    among, elsewhere = _shares(members), _shares(others)
    gain = {word: share - 3 * elsewhere.get(word, 0.0) for word, share in among.items() if share >= _SHARE}
    telling = sorted((word for word, value in gain.items() if value > 0), key=lambda word: (-gain[word], word))
    return [_most_frequent(word, spelled) for word in telling[:MOST]]


def _shares(texts: Sequence[str]) -> dict[str, float]:
    counts = Counter(word for text in texts for word in {found.lower() for found in _WORD.findall(text)})
    return {word: count / len(texts) for word, count in counts.items()}


def _most_frequent(word: str, spelled: Counter[str]) -> str:
    ways: Iterable[str] = (way for way in spelled if way.lower() == word)
    return max(ways, key=lambda way: (spelled[way], way))
