"""What a mailbox taught since its model was trained: fitted from labelled mail, and asked about every mail to come."""

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from triage.memory.beliefs import FIXED, believed, column_of, with_beliefs
from triage.memory.learner import HeadWeights, fit
from triage.memory.vectors import centred, products, vectors_of
from triage.ranking import HEADS, Reading

# Labelled mails that are learned from, the newest: the time of a fit grows with the square of their number.
MOST_MAILS = 1000
# A belief that moved by less is the model's own.
MOVES = 0.005


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled mail: what the model alone reads in it, represented, and what people say of it, by head."""

    reading: Reading
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeadMemory:
    """What was learned of one head, and of which labels."""

    labels: tuple[str, ...]
    weights: HeadWeights


@dataclass(frozen=True, slots=True)
class Memory:
    """What a mailbox taught.

    Attributes:
        generation: Grows with every fit.
        model_version: Whose mistakes it knows; readings of another model it must not correct.
        heads: The heads that somebody has labelled.
    """

    generation: int
    model_version: str
    heads: Mapping[str, HeadMemory]

    def recall(self, readings: Sequence[Reading]) -> list[Reading]:
        """Return readings corrected by what was learned; each that moved keeps what the model alone said."""
        places = [place for place, reading in enumerate(readings) if reading.representation]
        recalled = list(readings)
        if not places or not self.heads:
            return recalled
        some = [readings[place] for place in places]
        vectors = centred(vectors_of([reading.representation for reading in some]))
        moved = np.zeros(len(some), np.bool_)
        for head, learned in self.heads.items():
            before = believed(head, learned.labels, some)
            after = learned.weights.beliefs(vectors, before)
            moves = np.abs(after - before).max(axis=1) >= MOVES
            for row in np.flatnonzero(moves):
                recalled[places[row]] = with_beliefs(recalled[places[row]], head, learned.labels, after[row].tolist())
            moved |= moves
        for row in np.flatnonzero(moved):
            place = places[row]
            recalled[place] = replace(recalled[place], unaided=readings[place], generation=self.generation)
        return recalled


def learned_from(lessons: Sequence[Lesson], topics: Sequence[str]) -> tuple[dict[str, HeadMemory], dict[str, Any]]:
    """Fit a memory; return it head by head, and the evidence: head to label to mails.

    Args:
        lessons: Labelled mails that were read by one model, each with a representation; the first `MOST_MAILS` count.
        topics: Those of the mailbox.
    """
    lessons = lessons[:MOST_MAILS]
    vectors = centred(vectors_of([lesson.reading.representation for lesson in lessons]))
    likeness = products(vectors)
    heads, evidence = {}, {}
    for head in HEADS:
        labels = FIXED.get(head, tuple(topics))
        columns = [column_of(head, labels, lesson.said[head]) if head in lesson.said else None for lesson in lessons]
        rows = [row for row, column in enumerate(columns) if column is not None]
        if not rows:
            continue
        truth = [column for column in columns if column is not None]
        beliefs = believed(head, labels, [lessons[row].reading for row in rows])
        heads[head] = HeadMemory(labels, fit(vectors.some(rows), likeness[np.ix_(rows, rows)], beliefs, truth))
        evidence[head] = dict(Counter(str(labels[column]) for column in truth))
    return heads, evidence


def to_bytes(heads: Mapping[str, HeadMemory]) -> bytes:
    """Return what was learned as bytes to store."""
    arrays: dict[str, Any] = {}
    names = {head: [list(map(str, learned.labels)), learned.weights.sharpness] for head, learned in heads.items()}
    for head, learned in heads.items():
        weights = learned.weights
        arrays |= {f"{head}.{name}": getattr(weights, name) for name in ("buckets", "embedding")}
        arrays[f"{head}.words"] = weights.words.astype(np.float16)
    arrays["heads"] = np.frombuffer(json.dumps(names).encode(), np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def from_bytes(stored: bytes) -> dict[str, HeadMemory]:
    """Return what `to_bytes` stored."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        names = json.loads(arrays["heads"].tobytes())
        return {
            head: HeadMemory(
                tuple(labels),
                HeadWeights(
                    arrays[f"{head}.buckets"],
                    arrays[f"{head}.words"].astype(np.float32),
                    arrays[f"{head}.embedding"],
                    sharpness,
                ),
            )
            for head, (labels, sharpness) in names.items()
        }
