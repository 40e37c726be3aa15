"""A customer's story: a mailbox begins on the shipped model, and is labelled mail by mail.

Mail of `tickets-it-8topics` in an order drawn by the seed; the first 10, 50, 200 and 1,000 have labels, whatever topics
they happen to have. Every learner is fitted anew at each point and judged on the same 600 unseen mails: macro-F1 over
all eight topics, also those that nobody has labelled yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.learners import Learner
from benchmarks.learning.figures import confidence_figures, macro_f1, timed
from benchmarks.learning.results import Row
from benchmarks.mailboxes import Labelled, distinct_mails

SET = "tickets-it-8topics"
POINTS = (10, 50, 200, 1000)
UNSEEN = 600


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Mail in the order in which it is labelled, and mail that nobody labels."""

    topics: tuple[str, ...]
    arriving: Labelled
    unseen: Labelled


def questions(seeds: int) -> Iterator[Row]:
    """Yield the names of every point, the first seed first."""
    for seed in range(1, seeds + 1):
        for labels in POINTS:
            yield {"question": "story", "set": SET, "labels": labels, "seed": seed}


def mailbox(seed: int) -> Mailbox:
    """Draw the order of the mail."""
    by_topic = distinct_mails(SET)
    pairs = [(mail, topic) for topic in sorted(by_topic) for mail in by_topic[topic]]
    order = [pairs[place] for place in np.random.default_rng(seed).permutation(len(pairs))]
    return Mailbox(tuple(sorted(by_topic)), Labelled.of(order[UNSEEN:]), Labelled.of(order[:UNSEEN]))


def answered(learner: Learner, drawn: Mailbox, labels: int) -> Row:
    """Return the figures of a learner that knows so many labels."""
    known, truth = drawn.arriving.first(labels), drawn.unseen.topics
    _, fit_cpu_s = timed(lambda: learner.fit(known.mails, known.topics))
    guesses, predict_cpu_s = timed(lambda: learner.predict(drawn.unseen.mails))
    return {
        "n": len(truth),
        "topics_seen": len(set(known.topics)),
        "macro_f1": macro_f1(truth, guesses, drawn.topics),
        "fit_cpu_s": fit_cpu_s,
        "predict_cpu_ms": 1000 * predict_cpu_s / len(truth),
        **confidence_figures(truth, guesses),
    }
