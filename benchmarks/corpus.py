"""Our model on mail labelled by our guide, beside scikit-learn and fastText on the same mail.

    python -m benchmarks.corpus     (part of make bench-text; about half an hour on two cores)

**By domain**: the written corpus, each mail judged by models that learned from no mail of its domain nor of its kin,
but from all the rest the shipped model learns from. Our cascade's figures are those of the shipped bundle's manifest;
the fast stage is trained again with other seeds for the spread. **Zero-shot**: three hundred real mails, read by models
that learned from written mail alone. **Cross-validated**: the same, in three parts, read by models that learned from
the other two as well; what our fast stage read of them is kept in `build/read/real.npz`, for
`benchmarks/confidence.py`. Results go to `benchmarks/results/corpus.json`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks.confidence import REAL_READ
from benchmarks.peers import FastText, Peer, sklearn_svc, sklearn_words, sklearn_words_characters
from training.additions import features_to_learn
from training.calibration import softmax
from training.config import RunConfig
from training.corpus import Example, triage_corpus, wide_corpus
from training.corpus.real import judged_real_mail, more_real_mail
from training.deep.cascade import Cascade, mixed_probabilities, unsure
from training.deep.fit import train_deep
from training.evaluate import Figures, columns_of, figures_of, mean_figures
from training.fit import train
from training.foldout import write_foldout
from training.heads import UNLABELLED, Labels, Matrices, labels_of
from training.near_duplicates import near_duplicate_groups
from training.run import shipped_besides
from training.splits import Fold, fold_by_group, folds_by_domain
from training.text import mail_text
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest

RESULTS = Path(__file__).parent / "results" / "corpus.json"
SEEDS = (8, 9)  # beside the shipped model's own
# On ten thousand mails and four heads, characters make fastText take an hour and gain nothing on the small sets.
PEERS: Mapping[str, Callable[[], Peer]] = {
    "scikit-learn, words + logistic regression": sklearn_words,
    "scikit-learn, words and characters + logistic regression": sklearn_words_characters,
    "scikit-learn, words and characters + linear SVC": sklearn_svc,
    "fastText, words": lambda: FastText(kinds=((0, 0),), epochs=50),
}
HEADS = ("topic", "sentiment", "urgency", "action_required")

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for and keep the results of the others."""
    parts = {"by-domain": by_domain, "zero-shot": zero_shot, "cross-validated": cross_validated}
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.corpus", description="Judge on mail labelled by our guide."
    )
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts), help="parts to run, all unless told")
    told = parser.parse_args(arguments)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    RESULTS.parent.mkdir(exist_ok=True)
    for part in told.only:
        rows = parts[part]()
        old = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
        kept = [row for row in old if row["split"] != rows[0]["split"]]
        RESULTS.write_text(json.dumps([*kept, *rows], indent=1) + "\n")
    return 0


def by_domain() -> list[Row]:
    """Judge on the written corpus, whole domains left out."""
    judged = triage_corpus()
    examples = [*judged, *shipped_besides()]
    labels, config = labels_of(examples), RunConfig()
    folds = folds_by_domain(examples, config.folds, judged=len(judged))
    shipped = read_manifest(DEFAULT_BUNDLE).figures
    rows = [
        _row("by domain", "Triage, cascade", config.seed, shipped["model"]),
        _row("by domain", "Triage, fast stage", config.seed, shipped["fast"]),
    ]
    features = features_to_learn(examples)
    for seed in SEEDS:
        figures = []
        for fold in folds:
            trainer = train(features, labels, fold.train, replace(config, seed=seed), epochs=config.epochs)
            figures.append(_figures(labels.of(fold.test), trainer.logits(fold.test)))
        rows.append(_row("by domain", "Triage, fast stage", seed, mean_figures(figures)))
    texts = _texts(examples)
    return rows + [
        _row("by domain", name, 0, mean_figures([_peer_figures(make, texts, labels, fold) for fold in folds]))
        for name, make in PEERS.items()
    ]


def zero_shot() -> list[Row]:
    """Judge on real mail what learned from written mail alone."""
    written, real = [*triage_corpus(), *wide_corpus()], judged_real_mail()
    examples = [*written, *real]
    folds = [Fold(train=np.arange(len(written)), test=np.arange(len(written), len(examples)))]
    return _rows_on_real_mail("zero-shot", examples, folds, read_folds(examples, folds))


def cross_validated() -> list[Row]:
    """Judge on real mail what learned from other real mail too."""
    examples, folds = real_folds()
    read = read_folds(examples, folds)
    write_foldout(REAL_READ, folds, [one.fast for one in read])
    return _rows_on_real_mail("cross-validated", examples, folds, read)


def real_folds() -> tuple[list[Example], list[Fold]]:
    """Return the three hundred and all other mail, and the three folds that judge a third of the three hundred each."""
    real = judged_real_mail()
    rest = [*more_real_mail(), *triage_corpus(), *wide_corpus()]
    groups = near_duplicate_groups([f"{example.subject}\n{example.body}" for example in real])
    first = fold_by_group(groups, [str(example.topic) for example in real], test_share=1 / 3, seed=7)
    left = [groups[mail] for mail in first.train]
    half = fold_by_group(left, [str(real[mail].topic) for mail in first.train], test_share=1 / 2, seed=7)
    tests = [first.test, first.train[half.test], first.train[half.train]]
    everything = np.arange(len(real) + len(rest))
    return [*real, *rest], [Fold(train=np.setdiff1d(everything, test), test=test) for test in tests]


@dataclass(frozen=True, slots=True)
class FoldRead:
    """The probabilities that our two models give the mails that a fold judges."""

    fast: Matrices
    cascade: Matrices


def read_folds(examples: Sequence[Example], folds: Sequence[Fold]) -> list[FoldRead]:
    """Train on each fold's mail, with the shipped temperatures and cascade, and read the mail that it judges."""
    labels, features = labels_of(examples), features_to_learn(examples)
    config = RunConfig()
    shipped = read_manifest(DEFAULT_BUNDLE)
    cascade = Cascade(**shipped.figures["cascade"])
    found = []
    for fold in folds:
        trainer = train(features, labels, fold.train, config, epochs=shipped.figures["epochs"])
        deep = train_deep(features, labels, fold.train, trainer.vocabulary, config).logits(fold.test)
        logits = trainer.logits(fold.test)
        fast = {head: softmax(logits[head] / shipped.temperatures[head]) for head in logits}
        languages = ["en"] * len(fold.test)
        both = mixed_probabilities(fast, deep, languages, cascade)
        asked = unsure(fast, languages, cascade)
        found.append(FoldRead(fast, {head: np.where(asked[:, None], both[head], fast[head]) for head in fast}))
    return found


def _rows_on_real_mail(
    split: str, examples: Sequence[Example], folds: Sequence[Fold], read: Sequence[FoldRead]
) -> list[Row]:
    labels, texts, config = labels_of(examples), _texts(examples), RunConfig()
    truths = [labels.of(fold.test) for fold in folds]
    cascade_figures = [_figures(truth, one.cascade) for truth, one in zip(truths, read, strict=True)]
    fast_figures = [_figures(truth, one.fast) for truth, one in zip(truths, read, strict=True)]
    return [
        _row(split, "Triage, cascade", config.seed, mean_figures(cascade_figures)),
        _row(split, "Triage, fast stage", config.seed, mean_figures(fast_figures)),
        *(
            _row(split, name, 0, mean_figures([_peer_figures(make, texts, labels, fold) for fold in folds]))
            for name, make in PEERS.items()
        ),
    ]


def _peer_figures(make: Callable[[], Peer], texts: Sequence[str], labels: Labels, fold: Fold) -> Figures:
    truth = labels.of(fold.test)
    columns = {"language": truth["language"]}
    for head in HEADS:
        learned = fold.train[labels[head][fold.train] != UNLABELLED]
        peer = make().fit([texts[mail] for mail in learned], labels[head][learned])
        columns[head] = peer.predict([texts[mail] for mail in fold.test])
    return figures_of(truth, columns)


def _figures(truth: Labels, matrices: Mapping[str, np.ndarray]) -> Figures:
    return figures_of(truth, columns_of(matrices))


def _texts(examples: Sequence[Example]) -> list[str]:
    return ["\n".join(mail_text(example)) for example in examples]


def _row(split: str, contender: str, seed: int, figures: Mapping[str, float]) -> Row:
    print(split, contender, seed, figures, file=sys.stderr)
    mails = len(triage_corpus()) if split == "by domain" else len(judged_real_mail())
    return {"split": split, "contender": contender, "seed": seed, "n": mails, **figures}


if __name__ == "__main__":
    sys.exit(main())
