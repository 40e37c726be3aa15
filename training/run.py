"""The recipe: load, split, train, calibrate, evaluate, export; `python -m training.run --output DIR`.

Without examples it makes the model we ship: from the written mail in this repository, and from real mail where the
public sets are beside it. With `--examples` it makes a model of somebody's own mail (`training/own.py`).
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
import tensorflow as tf

from training.additions import features_to_learn
from training.config import RunConfig
from training.corpus import Example, digest_of, examples_in, triage_corpus, wide_corpus
from training.corpus.real import judged_real_mail, more_real_mail, real_mail_is_here
from training.crossvalidation import Findings, cross_validate
from training.deep.fit import train_deep
from training.deep.graph import DeepStage
from training.distribute import SEVERAL_HOSTS, STRATEGIES
from training.export import Release, export, require_place
from training.fit import train
from training.foldout import write_foldout
from training.heads import Labels, heads_of, labels_of
from training.hosts import fleet, require_same_work, until_one_ends
from training.journal import Journal
from training.own import train_own
from training.progress import Progress
from training.report import Report, report_of
from training.splits import Fold, folds_by_domain
from training.text import mail_text
from triage.errors import CannotStart, TriageError, sentence_of
from triage.serving.manifest import Manifest

_WRITTEN = """mail written for this project in English and German (`training/corpus/`).
Written mail is not real mail, which is rougher."""
_WRITTEN_AND_REAL = """mail written for this project in English and German (`training/corpus/`),
and 888 real ones with labels by our guide: complaints to US companies (CFPB, public domain) and archive mail of 2002
(SpamAssassin public corpus, PDDL and CC0). No text under a licence that forbids it. Written mail is not real mail, and
the real mail is English and hardly ever urgent."""


def train_bundle(
    judged: Sequence[Example],
    others: Sequence[Example],
    config: RunConfig,
    output: Path,
    readings: Path | None = None,
    *,
    sources: str = "",
    strategy: tf.distribute.Strategy | None = None,
    journal: Journal | None = None,
) -> Manifest:
    """Train on all examples and write a bundle whose figures come from domains left out in turn.

    Args:
        judged: Examples with domains; each is judged once, by a model that saw none of its domain.
        others: Examples that are only learned from.
        config: Every choice of the run.
        output: Folder to write the bundle into.
        readings: File to write the folds' readings of the judged examples into.
        sources: Where the examples come from, for the model card.
        strategy: Devices to train on; else the one that TensorFlow chooses.
        journal: Where each fold's figures are written after every epoch.
    """
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    examples = [*judged, *others]
    features, labels = features_to_learn(examples), labels_of(examples, heads_of(examples))
    folds = folds_by_domain(examples, config.folds, judged=len(judged))
    progress = Progress(steps=(len(folds) + 1) * (config.epochs + config.deep.epochs))
    texts = [mail_text(example) for example in judged]
    findings = cross_validate(features, texts, labels, folds, config, progress, strategy=strategy, journal=journal)
    if readings:
        write_foldout(readings, folds, findings.read)
    everything = np.arange(len(examples))
    trainer = train(
        features,
        labels,
        everything,
        config,
        epochs=findings.epochs,
        after_epoch=lambda _: progress.step("everything"),
        strategy=strategy,
    )
    deep = None
    if findings.cascade and findings.cascade.pays():
        deep_trainer = train_deep(
            features,
            labels,
            everything,
            trainer.vocabulary,
            config,
            after_epoch=lambda: progress.step("everything, deep stage"),
            strategy=strategy,
        )
        deep = DeepStage(deep_trainer.weights(), findings.cascade)
    figures = {
        "split": f"by domain, {len(folds)} folds",
        "mails": len(judged),
        "learned_from": len(examples),
        "sources": sources,
        "seed": config.seed,
        "epochs": findings.epochs,
        "model": findings.model,
        "confidence": _report(examples, labels, folds, findings).in_brief(),
        "fast": findings.fast,
        "escalated": findings.escalated,
        "cascade": asdict(findings.cascade) if findings.cascade else {},
        "keywords": findings.keywords,
        "majority": findings.majority,
    }
    release = Release(
        trainer.weights(), labels.heads, findings.temperatures, figures, config, digest_of(examples), deep
    )
    return export(release, output)


def _report(examples: Sequence[Example], labels: Labels, folds: Sequence[Fold], findings: Findings) -> Report:
    """Return what the models of the folds are worth on the mail that they judged, all folds together."""
    places = np.concatenate([fold.test for fold in folds])
    judged = [examples[place] for place in places.tolist()]
    read = {head: np.concatenate([one[head] for one in findings.read]) for head in labels}
    languages = [str(example.language or "") for example in judged]
    return report_of("", [example.id for example in judged], languages, labels.of(places), read)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="triage train", description="Train a model bundle.")
    parser.add_argument("--output", type=Path, required=True, help="folder to write the bundle into")
    parser.add_argument(
        "--examples",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        help="your own labelled mail, JSON Lines; else the shipped model",
    )
    parser.add_argument("--alone", action="store_true", help="learn from your examples without the shipped mail")
    parser.add_argument("--seed", type=int, default=RunConfig().seed)
    parser.add_argument("--readings", type=Path, help="file for the readings of the mail that folds were judged on")
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        default="none",
        help="mirrored: train on all GPUs at once; multi-worker: on all hosts that TF_CONFIG names",
    )
    parser.add_argument("--log-dir", type=Path, help="folder for the figures of every epoch, as TensorBoard reads them")
    told = parser.parse_args(arguments)
    try:
        manifest = _on_several_hosts(told) if told.strategy == SEVERAL_HOSTS else _trained(told)
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    for name, figure in manifest.figures["model"].items():
        print(f"{name}\t{figure:.3f}")  # noqa: T201 - the figures are this command's result
    return 0


def _on_several_hosts(told: argparse.Namespace) -> Manifest:
    """Do what the other hosts do; who is not the chief does it in a folder that goes."""
    with until_one_ends(), TemporaryDirectory() as aside:
        if not fleet().is_chief:
            for_nobody = {"output": Path(aside) / "bundle", "readings": None, "log_dir": None}
            told = argparse.Namespace(**vars(told) | for_nobody)
        return _trained(told)


def _trained(told: argparse.Namespace) -> Manifest:
    config = replace(RunConfig(), seed=told.seed)
    own = examples_in(told.examples) if told.examples else []
    require_place(told.output)
    strategy, journal = STRATEGIES[told.strategy](), _journal(told.log_dir, told.output)
    if not own:
        judged, others = triage_corpus(), shipped_besides()
        if told.strategy == SEVERAL_HOSTS:
            require_same_work(strategy, f"{config} {digest_of([*judged, *others])}")
        return train_bundle(
            judged,
            others,
            config,
            told.output,
            told.readings,
            sources=_WRITTEN_AND_REAL if real_mail_is_here() else _WRITTEN,
            strategy=strategy,
            journal=journal,
        )
    ours = [] if told.alone else [*triage_corpus(), *wide_corpus()]
    if told.strategy == SEVERAL_HOSTS:
        require_same_work(strategy, f"{config} {digest_of([*own, *ours])}")
    return train_own(own, ours, config, told.output, strategy=strategy, journal=journal)


def _journal(folder: Path | None, output: Path) -> Journal | None:
    if folder and folder.resolve().is_relative_to(output.resolve()):
        raise CannotStart(f"the bundle takes the place of {output} and of the log in it; name another --log-dir")
    return Journal(folder) if folder else None


def shipped_besides() -> list[Example]:
    """Return what the shipped model learns from beside the triage corpus."""
    real = [*judged_real_mail(), *more_real_mail()] if real_mail_is_here() else []
    # All of it is English and full of addresses and names; with its language the model takes unknown words for English.
    return [*wide_corpus(), *(replace(example, language=None) for example in real)]


if __name__ == "__main__":
    sys.exit(main())
