"""A model of somebody's own mail: their topics, their examples, with or without ours.

Our mail teaches the heads that theirs leave out; where their topics are others than ours, it says nothing of topics.
The figures are those of a tenth of their mails that was held out.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from training.additions import features_to_learn
from training.config import RunConfig
from training.corpus import Example, digest_of
from training.early_stopping import Learned, hold_a_tenth, learn
from training.export import Release, export
from training.heads import Labels, heads_of, labels_of
from training.journal import Journal
from training.near_duplicates import near_duplicate_groups
from training.progress import Progress
from training.report import Report, report_of
from training.text import mail_text
from triage.errors import InvalidSubmission
from triage.labels import Topic
from triage.serving.manifest import Manifest

FEWEST = 20  # labelled mails; of fewer nothing can be held out
# Up to here it takes seconds to learn again from everything, the held tenth included, and the tenth is worth it.
_REFIT_UP_TO = 3000


def train_own(
    own: Sequence[Example],
    ours: Sequence[Example],
    config: RunConfig,
    output: Path,
    *,
    strategy: tf.distribute.Strategy | None = None,
    journal: Journal | None = None,
) -> Manifest:
    """Train on somebody's examples, beside ours, and write a bundle.

    Raises:
        InvalidSubmission: There are too few examples or only copies of few, or only one topic among them.
    """
    heads = heads_of(own)
    labelled = [example for example in own if _has_label(example)]
    if len(labelled) < FEWEST:
        raise InvalidSubmission(f"there are {len(labelled)} labelled examples; give at least {FEWEST}")
    if set(heads["topic"]) - set(Topic):
        ours = [replace(example, topic=None) for example in ours]
    topics = {example.topic for example in [*labelled, *ours]} - {None}
    if len(topics) == 1:
        raise InvalidSubmission(f"every example has the topic {topics.pop()}; add mail of another, or leave topics out")
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    examples = [*labelled, *ours]
    texts = [mail_text(example) for example in examples]
    labels = labels_of(examples, heads)
    groups = near_duplicate_groups([f"{text.subject}\n{text.body}" for text in texts[: len(labelled)]])
    mails = np.arange(len(labelled))
    # Whoever gave too few is told so before all mail is read, which takes longest.
    hold_a_tenth(labels, mails, groups, config.seed)
    features = features_to_learn(examples)
    refit = len(examples) <= _REFIT_UP_TO
    progress = Progress(steps=config.epochs * (2 if refit else 1))
    learned = learn(
        features,
        labels,
        mails,
        groups,
        config,
        besides=np.arange(len(labelled), len(examples)),
        refit=refit,
        after_epoch=lambda: progress.step("your mail"),
        strategy=strategy,
        journal=journal,
    )
    figures = {
        "split": "a tenth held out by near-duplicate group",
        "mails": learned.held,
        "learned_from": len(examples),
        "sources": f"{len(labelled)} of somebody's own, and {len(ours)} that the shipped model knows.",
        "seed": config.seed,
        "epochs": learned.epochs,
        "model": learned.figures,
        "confidence": _report(examples, labels, learned).in_brief(),
        "keywords": {},
        "majority": {},
    }
    return export(Release(learned.weights, heads, learned.temperatures, figures, config, digest_of(examples)), output)


def _report(examples: Sequence[Example], labels: Labels, learned: Learned) -> Report:
    held = [examples[mail] for mail in learned.held_mails.tolist()]
    languages = [str(example.language or "") for example in held]
    return report_of("", [example.id for example in held], languages, labels.of(learned.held_mails), learned.read)


def _has_label(example: Example) -> bool:
    labels = (example.topic, example.sentiment, example.urgency, example.action_required)
    return any(label is not None for label in labels)
