"""What labelling the suggested mails teaches, beside labelling as many by chance.

    python -m benchmarks.label_next [--seeds N]     (a minute or two; needs ../shared/data)

A person begins with a few labels drawn by chance and labels a few more each round: those that `triage label-next` would
name, or again by chance. After each round a simple learner (softmax regression in NumPy) learns from all labels so far,
says what it believes of the unlabelled rest, and is judged by macro-F1 on mail that was set aside. The vectors are what
a representation is in the product, int8: here hashed words, weighed by rarity, in their strongest directions.
"""

import argparse
import json
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.corpus.public import public_examples
from training.metrics import macro_f1
from triage.feedback.next_to_label import CANDIDATES, Candidate, most_telling

RESULTS = Path(__file__).parent / "results" / "label_next.json"
SETS = ("tickets-it-8topics", "complaints-cfpb", "emails-de-buergeramt", "banking77")
FIRST, EACH_ROUND, ROUNDS = 10, 10, 9
BUCKETS, DIRECTIONS = 4096, 128

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails as vectors, with their topics as columns."""

    name: str
    vectors: Floats
    topics: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.topics)


def mails_of(name: str, most: int = 2400) -> Mails:
    """Return the mails of a public set, thinned evenly to at most some."""
    examples = public_examples(name)
    examples = examples[:: -(-len(examples) // most)]
    topics = {topic: place for place, topic in enumerate(sorted({str(example.topic) for example in examples}))}
    return Mails(
        name,
        vectors_of([f"{example.subject} {example.body}" for example in examples]),
        np.array([topics[str(example.topic)] for example in examples]),
    )


def vectors_of(texts: Sequence[str]) -> Floats:
    """Return an int8 vector of each text, as floats of length 1."""
    counts = np.zeros((len(texts), BUCKETS))
    for row, text in enumerate(texts):
        for word in set(re.findall(r"\w+", text.lower())):
            counts[row, zlib.crc32(word.encode()) % BUCKETS] = 1.0
    weighed = _of_length_one(counts * np.log(len(texts) / (1.0 + counts.sum(axis=0))).clip(min=0.0))
    sketch = weighed @ np.random.default_rng(0).standard_normal((BUCKETS, DIRECTIONS + 16))
    basis, _ = np.linalg.qr(weighed.T @ (weighed @ (weighed.T @ sketch)))
    _, _, directions = np.linalg.svd(weighed @ basis, full_matrices=False)
    found = _of_length_one(weighed @ basis @ directions[:DIRECTIONS].T)
    return _of_length_one(np.round(found * 127.0))


def curve(mails: Mails, *, suggested: bool, seed: int, rounds: int = ROUNDS) -> list[float]:
    """Return the macro-F1 on mail set aside after the first labels and after each round."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(mails))
    aside, pool = order[: len(mails) // 3], order[len(mails) // 3 :]
    labelled, rest = list(pool[:FIRST]), list(pool[FIRST:])
    scores = []
    for _ in range(rounds + 1):
        weights = learned(mails.vectors[labelled], mails.topics[labelled])
        read = beliefs(weights, mails.vectors[aside]).argmax(axis=1)
        scores.append(macro_f1(mails.topics[aside], read, int(mails.topics.max()) + 1))
        asked = _suggested(mails, weights, rest) if suggested else rest[:EACH_ROUND]
        labelled += asked
        rest = [mail for mail in rest if mail not in set(asked)]
    return scores


def learned(vectors: Floats, topics: npt.NDArray[np.int64], *, steps: int = 200, rate: float = 4.0) -> Floats:
    """Return weights (directions + 1, topics) of a softmax regression over all topics seen; others never come first."""
    topics_seen = np.unique(topics)
    inputs = np.hstack([vectors, np.ones((len(vectors), 1))])
    weights = np.zeros((inputs.shape[1], int(topics_seen.max()) + 1))
    wanted = np.zeros((len(topics), weights.shape[1]))
    wanted[np.arange(len(topics)), topics] = 1.0
    unseen = np.setdiff1d(np.arange(weights.shape[1]), topics_seen)
    weights[-1, unseen] = -1e3
    for _ in range(steps):
        slope = inputs.T @ (_softmax(inputs @ weights) - wanted) / len(topics) + 1e-3 * weights
        slope[:, unseen] = 0.0
        weights -= rate * slope
    return weights


def beliefs(weights: Floats, vectors: Floats) -> Floats:
    """Return the probabilities of each topic."""
    return _softmax(np.hstack([vectors, np.ones((len(vectors), 1))]) @ weights)


def _suggested(mails: Mails, weights: Floats, rest: Sequence[int]) -> list[int]:
    believed = beliefs(weights, mails.vectors[rest])
    seen = max(int(np.count_nonzero(weights[-1] > -1e2)), 2)
    entropy = -(believed * np.log(believed.clip(min=1e-12))).sum(axis=1) / np.log(seen)
    least_sure = np.argsort(believed.max(axis=1), kind="stable")[:CANDIDATES]
    candidates = [
        Candidate(int(rest[place]), float(entropy[place]), "", mails.vectors[rest[place]].tolist())
        for place in least_sure
    ]
    return [one.email_id for one in most_telling(candidates, EACH_ROUND)]


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _of_length_one(rows: Floats) -> Floats:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(min=1e-9)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare on every set and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.label_next", description="Label by suggestion.")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    rows = []
    for name in SETS:
        mails = mails_of(name)
        for suggested in (True, False):
            curves = np.array([curve(mails, suggested=suggested, seed=seed) for seed in range(told.seeds)])
            way = "suggested" if suggested else "by chance"
            labels = [FIRST + EACH_ROUND * done for done in range(ROUNDS + 1)]
            rows.append(
                {
                    "set": name,
                    "way": way,
                    "seeds": told.seeds,
                    "labels": labels,
                    "macro_f1": np.round(curves.mean(axis=0), 4).tolist(),
                    "spread": np.round(curves.std(axis=0), 4).tolist(),
                }
            )
            print(f"{name:24} {way:10}", *(f"{mean:.3f}" for mean in curves.mean(axis=0)))
    told.output.parent.mkdir(parents=True, exist_ok=True)
    told.output.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
