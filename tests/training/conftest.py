"""A bundle of both stages whose weights were drawn by chance: what must hold of any weights is shown on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.training.make import HEADS, TINY, letter
from training.deep.cascade import Cascade
from training.deep.fit import DeepTrainer
from training.deep.graph import DeepStage
from training.export import Release, export
from training.features import features_of
from training.fit import Trainer, Weights
from training.heads import Labels, Matrices, labels_of
from training.text import mail_text
from triage.mail import MailText
from triage.serving.text import TextModel, load_text_model

LONG = replace(letter(0), body=" ".join(letter(number).body for number in range(0, 10, 2)))
EMPTY = replace(letter(1), subject="", body="")
FIGURES = {"split": "none", "mails": 0, "sources": "a test", "learned_from": 0, "seed": 7, "epochs": 0}


@dataclass(frozen=True)
class Drawn:
    """A bundle, loaded, and what training says of some mails: the deep stage's logits and how the stages are mixed.

    Attributes:
        both: Asks its deep stage about every mail in English or German.
        fast: The same bundle, which never asks.
    """

    both: TextModel
    fast: TextModel
    texts: Sequence[MailText]
    labels: Labels
    deep: Matrices
    cascade: Cascade


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The bundle of chance; its attention members and biases say nothing, so that its linear member can be seen."""
    examples = [*map(letter, range(12)), LONG, EMPTY]
    texts, labels, mails = [mail_text(example) for example in examples], labels_of(examples), np.arange(len(examples))
    features = features_of(texts)
    weights = _linear(Trainer(features, labels, mails, TINY).weights())
    deep = DeepTrainer(features, labels, mails, weights.vocabulary, TINY)
    deep.table.assign(5.0 * deep.table)
    cascade = Cascade(
        shares={head: {"en": 0.4, "de": 0.7} for head in HEADS},
        thresholds={head: {"en": 1.0, "de": 1.0} for head in HEADS},
        deep_temperatures=dict(zip(HEADS, (0.5, 0.8, 1.0, 1.5), strict=True)),
        temperatures=dict(zip(HEADS, (0.7, 1.0, 1.3, 1.1), strict=True)),
    )
    bundle = tmp_path_factory.mktemp("drawn") / "bundle"
    figures: Mapping[str, object] = FIGURES | {
        "model": {},
        "fast": {},
        "escalated": 1.0,
        "keywords": {},
        "majority": {},
    }
    stage = DeepStage(deep.weights(), cascade)
    export(Release(weights, labels.heads, dict.fromkeys(labels, 1.2), figures, TINY, "", stage), bundle)
    both = load_text_model(bundle)
    return Drawn(both, TextModel(both.manifest, both._module, deep=False), texts, labels, deep.logits(mails), cascade)


def _linear(weights: Weights) -> Weights:
    table = np.random.default_rng(1).standard_normal(weights.table.shape).astype(np.float32)
    table[0] = 0.0
    silent = {name: np.zeros_like(value) for name, value in weights.dense.items() if "head/" in name or "bias" in name}
    return replace(weights, table=table, dense={**weights.dense, **silent})
