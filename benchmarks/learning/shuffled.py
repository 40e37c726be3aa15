"""Labels gone wrong: 30 % of them exchanged among the mails, twenty times. Does the gate refuse the candidate?

The active model was trained on 600 labelled mails of `tickets-it-8topics`. A candidate is trained on the same 600, of
which a share has the label of another one of that share, and meets the active model on those of them that are held
out, as they are then labelled: wrong labels do not spare what a gate judges by. A gate that refused everything would be
no gate: the control has 1,200 labels, all right, against an active model of 150.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.gating import active_model, verdict_on
from benchmarks.learning.results import Row
from benchmarks.learning.story import SET, mailbox
from benchmarks.mailboxes import Labelled

SHARE = 0.3
LABELS, CONTROL_LABELS, CONTROL_BEFORE = 600, 1200, 150


def questions(seeds: int) -> Iterator[Row]:
    """Yield the names of every candidate; of the control there are a quarter as many."""
    for seed in range(1, seeds + 1):
        yield {"question": "gate", "set": SET, "variant": "shuffled", "seed": seed}
        if seed <= seeds // 4:
            yield {"question": "gate", "set": SET, "variant": "control", "seed": seed}


def answered(names: Row) -> Row:
    """Train a candidate and return what the gate said."""
    seed, shuffled = names["seed"], names["variant"] == "shuffled"
    mails = mailbox(seed).arriving
    before = mails.first(LABELS if shuffled else CONTROL_BEFORE)
    labelled = shuffled_labels(before, SHARE, seed) if shuffled else mails.first(CONTROL_LABELS)
    with tempfile.TemporaryDirectory() as folder:
        active = active_model(before, Path(folder, "active"), seed=seed)
        verdict = verdict_on(labelled, active, Path(folder, "candidate"), seed=seed)
    return {"labels": len(labelled), "activated": verdict.activated, "reason": verdict.reason}


def shuffled_labels(labelled: Labelled, share: float, seed: int) -> Labelled:
    """Exchange the topics of a share of the mails among themselves; a few may get back what they had."""
    draw = np.random.default_rng(seed)
    chosen = draw.permutation(len(labelled))[: round(share * len(labelled))]
    topics = np.array(labelled.topics, object)
    topics[chosen] = topics[draw.permutation(chosen)]
    return Labelled(labelled.mails, tuple(topics))
