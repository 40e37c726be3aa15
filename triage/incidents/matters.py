"""Which mails are about one matter: plain arithmetic over what the model saw of them.

A mail joins the matter whose members' mean it is most like in words. Mails that join none open a matter where one of
them is like at least four others. Two matters become one when their means have the same words, or when, in two
languages, they mean the same: the embedding, which hardly tells mails of one topic apart, tells their means apart well.
`benchmarks/flood.py` chose the numbers on outages of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from triage.memory.sketch import unit
from triage.memory.vectors import Floats

# Mails are of one matter only when they come within this of its others.
WINDOW = timedelta(hours=6)
# A matter is an incident from so many mails on.
FEWEST = 5

_JOINS = 0.2
_JOINS_UNASKED = 0.3  # pressing mail, where the others are not: it may be a matter of its own
_ARE_ALIKE = 0.25
_SAME_KIND = 0.35  # of embeddings, below which no likeness of words counts
_SAME_WORDS = 0.5
_SAME_MEANING, _AND_WORDS = 0.92, 0.2
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails to be grouped; every field has one row for each.

    Attributes:
        words: float32 (mails, columns), and `embeddings` (mails, dimensions), as `sketches` returns them.
        pressing: Whether each is critical.
        received_at: When each came.
        fresh: Whether each is looked at for the first time.
    """

    words: Floats
    embeddings: Floats
    pressing: npt.NDArray[np.bool_]
    received_at: Sequence[datetime]
    fresh: npt.NDArray[np.bool_]

    def seconds(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return when some of them came, as seconds since the epoch."""
        return np.array([self.received_at[int(row)].timestamp() for row in rows], np.float64)


@dataclass(slots=True)
class Matter:
    """What is known of the mails about one matter: sums over them.

    Attributes:
        incident_id: Of the incident that is stored; `None` for one that opens now.
        joined: Rows of the mails that join it now.
        absorbed: Incidents that turn out to be this one.
    """

    incident_id: int | None
    words: Floats
    embedding: Floats
    size: int
    pressing: int
    first_at: datetime
    last_at: datetime
    joined: list[int]
    absorbed: list[int]

    def add(self, mails: Mails, row: int) -> None:
        """Take in one mail."""
        self.words = self.words + mails.words[row]
        self.embedding = self.embedding + mails.embeddings[row]
        self.size += 1
        self.pressing += int(mails.pressing[row])
        self.first_at = min(self.first_at, mails.received_at[row])
        self.last_at = max(self.last_at, mails.received_at[row])
        self.joined.append(row)

    def absorb(self, other: "Matter") -> None:
        """Take in all mails of another."""
        self.words, self.embedding = self.words + other.words, self.embedding + other.embedding
        self.size, self.pressing = self.size + other.size, self.pressing + other.pressing
        self.first_at, self.last_at = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        self.joined += other.joined
        self.absorbed += [*other.absorbed, *([] if other.incident_id is None else [other.incident_id])]

    def is_open_to(self, moment: datetime) -> bool:
        """Say whether a mail of that moment is near enough in time."""
        return self.first_at - WINDOW <= moment <= self.last_at + WINDOW


def group(mails: Mails, known: Sequence[Matter]) -> list[Matter]:
    """Return the matters after some mails joined known ones or opened new ones.

    Deterministic, and safe to repeat with mails that joined none. The earliest matter absorbs later ones.
    """
    matters, free = list(known), np.ones(len(mails.words), np.bool_)
    for turn in range(_ROUNDS):
        joined = _join(mails, free, matters)
        opened = _open(mails, free) if turn == 0 else []
        matters = _merged([*matters, *opened])
        if not joined and not opened:
            break
    return matters


def means(matters: Sequence[Matter]) -> tuple[Floats, Floats]:
    """Return the directions of the words (matters, columns) and embeddings of matters."""
    words, embeddings = [matter.words for matter in matters], [matter.embedding for matter in matters]
    return unit(np.array(words, np.float32)), unit(np.array(embeddings, np.float32))


def _join(mails: Mails, free: npt.NDArray[np.bool_], matters: Sequence[Matter]) -> int:
    rows = np.flatnonzero(free)
    if not len(rows) or not matters:
        return 0
    words, embeddings = means(matters)
    likeness = mails.words[rows] @ words.T
    few_press = np.array([matter.pressing * 5 < matter.size for matter in matters])
    needed = np.where(mails.pressing[rows, None] & few_press, _JOINS_UNASKED, _JOINS)
    in_time = _in_time(mails.seconds(rows), matters)
    fits = (likeness >= needed) & (mails.embeddings[rows] @ embeddings.T >= _SAME_KIND) & in_time
    nearest = np.where(fits, likeness, -1.0).argmax(axis=1)
    joining = np.flatnonzero(fits.any(axis=1))
    for place in joining:
        matters[nearest[place]].add(mails, int(rows[place]))
        free[rows[place]] = False
    return len(joining)


def _in_time(seconds: npt.NDArray[np.float64], matters: Sequence[Matter]) -> npt.NDArray[np.bool_]:
    """Return which mails are near enough in time to which matters: (mails, matters)."""
    first = np.array([(matter.first_at - WINDOW).timestamp() for matter in matters])
    last = np.array([(matter.last_at + WINDOW).timestamp() for matter in matters])
    within: npt.NDArray[np.bool_] = (first <= seconds[:, None]) & (seconds[:, None] <= last)
    return within


def _open(mails: Mails, free: npt.NDArray[np.bool_]) -> list[Matter]:
    """Open matters where mails lie densest, until no mail has enough like it.

    Only around mails that are fresh: others have been compared with each other before.
    """
    rows, opened = np.flatnonzero(free), []
    touched = np.flatnonzero(_alike(mails, rows[mails.fresh[rows]], rows).any(axis=0))
    if len(touched) < FEWEST:
        return []
    alike = _alike(mails, rows[touched], rows)
    alike[np.arange(len(touched)), touched] = True
    while (count := alike.sum(axis=1)).max() >= FEWEST:
        members = np.flatnonzero(alike[int(count.argmax())])
        opened.append(_matter_of(mails, [int(rows[member]) for member in members]))
        alike[:, members] = False
        alike[np.isin(touched, members)] = False
        free[rows[members]] = False
    return opened


def _alike(mails: Mails, some: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which of some mails are like which others, each like itself: (some, others)."""
    apart = np.abs(mails.seconds(some)[:, None] - mails.seconds(others)[None, :])
    alike: npt.NDArray[np.bool_] = (
        (mails.words[some] @ mails.words[others].T >= _ARE_ALIKE)
        & (mails.embeddings[some] @ mails.embeddings[others].T >= _SAME_KIND)
        & (apart <= WINDOW.total_seconds())
    )
    return alike


def _matter_of(mails: Mails, rows: Sequence[int]) -> Matter:
    moment = mails.received_at[rows[0]]
    nothing = np.zeros_like(mails.words[0]), np.zeros_like(mails.embeddings[0])
    matter = Matter(None, *nothing, 0, 0, moment, moment, [], [])
    for row in rows:
        matter.add(mails, row)
    return matter


def _merged(matters: list[Matter]) -> list[Matter]:
    """Return matters of which no two are the same."""
    while len(matters) > 1:
        words, embeddings = means(matters)
        by_word, by_meaning = words @ words.T, embeddings @ embeddings.T
        same = (by_word >= _SAME_WORDS) | ((by_meaning >= _SAME_MEANING) & (by_word >= _AND_WORDS))
        same &= np.array(
            [[one.is_open_to(other.first_at) or other.is_open_to(one.first_at) for other in matters] for one in matters]
        )
        np.fill_diagonal(same, val=False)
        if not same.any():
            break
        first, second = np.unravel_index(np.where(same, by_word + by_meaning, -1.0).argmax(), same.shape)
        # The one that was stored first keeps its number, whoever compares them.
        kept, gone = sorted((matters[int(first)], matters[int(second)]), key=_age)
        kept.absorb(gone)
        matters = [matter for matter in matters if matter is not gone]
    return matters


def _age(matter: Matter) -> tuple[bool, int]:
    return matter.incident_id is None, matter.incident_id or 0
