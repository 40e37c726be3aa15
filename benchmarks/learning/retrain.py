"""A full training on 10,000 labelled mails: seconds by the clock, seconds of processors, the most memory held.

Mail of four public sets, German and English, with the topics of all (`SETS`), drawn in one order by the seed. The mails
are labelled with topics alone, and all 10,000 are learned from. Once with one thread, as the train worker is set, and
once with two.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.clock import cores
from benchmarks.learning.results import Row
from benchmarks.mailboxes import Labelled, distinct_mails
from benchmarks.retraining import train

SETS = ("emails-de-buergeramt", "complaints-cfpb", "tickets-it-8topics", "tickets-bueck-german-42")
THREADS = (1, 2)


def questions(seeds: int, mails: int) -> Iterator[Row]:
    """Yield the names of every training."""
    for seed in range(1, seeds + 1):
        for threads in THREADS:
            names = {"question": "retrain", "set": ", ".join(SETS), "labels": mails}
            yield names | {"variant": f"{threads} threads", "seed": seed}


def answered(names: Row) -> Row:
    """Train, and return the cost."""
    labelled, threads = labelled_mails(names["labels"], names["seed"]), int(names["variant"].split()[0])
    with tempfile.TemporaryDirectory() as folder:
        cost, _ = train(labelled, Path(folder, "bundle"), seed=names["seed"], threads=threads)
    return {"n": len(labelled), "topics": len(set(labelled.topics)), "cores": cores(), **cost._asdict()}


def labelled_mails(count: int, seed: int) -> Labelled:
    """Draw labelled mails of all sets."""
    pairs = [(mail, topic) for name in SETS for topic, mails in distinct_mails(name).items() for mail in mails]
    return Labelled.of([pairs[place] for place in np.random.default_rng(seed).permutation(len(pairs))[:count]])
