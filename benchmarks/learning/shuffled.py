"""Labels gone wrong: 30 % of them exchanged among the mails, twenty times. Does the gate refuse the candidate?

The active model was trained on 600 labelled mails of `tickets-it-8topics`. A candidate is trained on the same 600, of
which a share has the label of another one of that share, and meets the active model on those of them that are held
out, as they are then labelled: wrong labels do not spare what a gate judges by. A gate that refused everything would
be no gate: the control has 1,200 labels, all right, against an active model of 150.

There are four mailboxes, each in an order of its own, so the active models are trained once for five candidates.
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.gating import active_model, verdict_on
from benchmarks.learning.results import Row
from benchmarks.learning.story import SET, mailbox
from benchmarks.mailboxes import Labelled

SHARE = 0.3
MAILBOXES = 4
LABELS, CONTROL_LABELS, CONTROL_BEFORE = 600, 1200, 150


def questions(seeds: int) -> Iterator[Row]:
    """Yield the names of every candidate; of the control there are a quarter as many."""
    for seed in range(1, seeds + 1):
        yield {"question": "gate", "set": SET, "variant": "shuffled", "seed": seed}
        if seed <= seeds // 4:
            yield {"question": "gate", "set": SET, "variant": "control", "seed": seed}


def answered(names: Row) -> Row:
    """Train a candidate and return what the gate said."""
    seed, is_control = names["seed"], names["variant"] == "control"
    number, before = seed % MAILBOXES, CONTROL_BEFORE if is_control else LABELS
    mails = mailbox(number).arriving
    labelled = mails.first(CONTROL_LABELS) if is_control else shuffled_labels(mails.first(before), SHARE, seed)
    with tempfile.TemporaryDirectory() as folder:
        verdict = verdict_on(labelled, _active(number, before), Path(folder, "candidate"), seed=seed)
    return {"candidates_labels": len(labelled), "activated": verdict.activated, "reason": verdict.reason}


@cache
def _active(number: int, labels: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="triage-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return active_model(mailbox(number).arriving.first(labels), folder / "active", seed=number)


def shuffled_labels(labelled: Labelled, share: float, seed: int) -> Labelled:
    """Exchange the topics of a share of the mails among themselves; a few may get back what they had."""
    draw = np.random.default_rng(seed)
    chosen = draw.permutation(len(labelled))[: round(share * len(labelled))]
    topics = np.array(labelled.topics, object)
    topics[chosen] = topics[draw.permutation(chosen)]
    return Labelled(labelled.mails, tuple(topics))
