"""A full training on 10,000 labelled mails: seconds by the clock, seconds of processors, the most memory held.

Mail of four public sets, German and English, with the topics of all (`SETS`), as many of each set as it has in the
drawn order. The mails are labelled with topics alone.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.clock import cores
from benchmarks.learning.results import Row
from benchmarks.mailboxes import Labelled, distinct_mails
from benchmarks.retraining import train, write_examples

SETS = ("emails-de-buergeramt", "complaints-cfpb", "tickets-it-8topics", "tickets-bueck-german-42")


def questions(seeds: int, mails: int = 10_000) -> Iterator[Row]:
    """Yield the names of every training."""
    for seed in range(1, seeds + 1):
        yield {"question": "retrain", "set": ", ".join(SETS), "labels": mails, "seed": seed}


def answered(names: Row) -> Row:
    """Train, and return the cost."""
    labelled = _labelled(names["labels"], names["seed"])
    with tempfile.TemporaryDirectory() as folder:
        examples = Path(folder, "examples.jsonl")
        write_examples(examples, labelled.mails, labelled.topics)
        cost = train(examples, Path(folder, "bundle"), seed=names["seed"])
    return {"n": len(labelled), "topics": len(set(labelled.topics)), "cores": cores(), **cost._asdict()}


def _labelled(count: int, seed: int) -> Labelled:
    pairs = [(mail, topic) for name in SETS for topic, mails in distinct_mails(name).items() for mail in mails]
    return Labelled.of([pairs[place] for place in np.random.default_rng(seed).permutation(len(pairs))[:count]])
