"""The recipe: load, split, train, calibrate, evaluate, export; `python -m training.run --output DIR`.

It needs this repository and nothing else, and a run repeated gives the same figures.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from training.config import RunConfig
from training.corpus import Example, digest_of, read_examples, triage_corpus
from training.courtesy import courtesy_texts, fitting_courtesies
from training.crossvalidation import cross_validate
from training.export import Release, export
from training.features import features_of
from training.fit import train
from training.heads import heads_of, labels_of
from training.progress import Progress
from training.splits import folds_by_domain
from training.text import mail_text
from triage.errors import TriageError
from triage.serving.manifest import Manifest


def train_bundle(examples: Sequence[Example], config: RunConfig, output: Path) -> Manifest:
    """Train on all examples and write a bundle whose figures come from domains left out in turn."""
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    texts = [mail_text(example) for example in examples]
    labels = labels_of(examples, heads_of(examples))
    features = replace(
        features_of([*texts, *courtesy_texts()]), courtesies=fitting_courtesies(examples, first=len(texts))
    )
    folds = folds_by_domain(examples, config.folds)
    progress = Progress(steps=(len(folds) + 1) * config.epochs)
    findings = cross_validate(features, texts, labels, folds, config, progress)
    everything = np.arange(len(examples))
    trainer = train(
        features, labels, everything, config, epochs=findings.epochs, after_epoch=lambda _: progress.step("everything")
    )
    figures = {
        "split": f"by domain, {len(folds)} folds",
        "mails": len(examples),
        "seed": config.seed,
        "epochs": findings.epochs,
        "model": findings.model,
        "keywords": findings.keywords,
        "majority": findings.majority,
    }
    release = Release(trainer.weights(), labels.heads, findings.temperatures, figures, config, digest_of(examples))
    return export(release, output)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.run", description="Train a model bundle.")
    parser.add_argument("--output", type=Path, required=True, help="folder to write the bundle into")
    parser.add_argument(
        "--examples", type=Path, nargs="*", default=[], help="JSON Lines to learn from, beside the corpus"
    )
    parser.add_argument("--seed", type=int, default=RunConfig().seed)
    told = parser.parse_args(arguments)
    try:
        more = [example for path in told.examples for example in read_examples(path)]
        manifest = train_bundle([*triage_corpus(), *more], replace(RunConfig(), seed=told.seed), told.output)
    except (TriageError, OSError) as error:
        print(f"training failed: {error}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    for name, figure in manifest.figures["model"].items():
        print(f"{name}\t{figure:.3f}")  # noqa: T201 - the figures are this command's result
    return 0


if __name__ == "__main__":
    sys.exit(main())
