"""How well, and at what cost, our model reads text beside what a user would pick instead.

    python -m benchmarks.text [--seeds 7 8 9] [--only SET …]     (make bench-text; about an hour on two cores)

Every set is split by near-duplicate groups, a fifth for the test side, drawn anew by each seed; all contenders learn
from the same texts and are judged on the same. The written corpus is split by domain (`training/splits.py`). A cost is
CPU time of one thread for the whole test side, in batches of 64, after a warm-up. Results go to
`benchmarks/results/text.json`; `python -m benchmarks.tables` writes docs/model.md from them.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from sklearn.metrics import accuracy_score, f1_score

from benchmarks.peers import PEERS
from training.config import RunConfig
from training.corpus import Example
from training.corpus.public import public_examples
from training.early_stopping import learn_by_best_schedule
from training.evaluate import figures_of
from training.features import features_of
from training.graph import ReadingGraph
from training.heads import Heads, Labels, labels_of
from training.near_duplicates import near_duplicate_groups
from training.splits import Fold, fold_by_group
from triage.labels import Sentiment, Urgency
from triage.mail import MailText

RESULTS = Path(__file__).parent / "results" / "text.json"
BATCH = 64
# Set, and the head that is read.
QUESTIONS: Sequence[tuple[str, str]] = (
    ("banking77", "topic"),
    ("complaints-cfpb", "topic"),
    ("tickets-it-8topics", "topic"),
    ("emails-de-buergeramt", "topic"),
    ("tickets-bueck-german", "topic"),
    ("tickets-bueck-german", "urgency"),
    ("tickets-bueck-german-42", "topic"),
    ("tickets-bueck-german-42", "urgency"),
    ("sentiment-en-airline", "sentiment"),
    ("sentiment-de-sb10k", "sentiment"),
    ("sentiment-de-germeval2017", "sentiment"),
    ("email-intent-parakweet", "action_required"),
    ("spamassassin-raw", "topic"),
)
FIXED: Heads = {"sentiment": tuple(Sentiment), "urgency": tuple(Urgency), "action_required": ("no", "yes")}
# Classes are weighted by the root of what would make them equal: small sets with rare classes are overfitted otherwise.
CONFIG = replace(RunConfig(), min_mails=2, courtesy=0.0, class_weight_power=0.5)

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the questions asked for and keep the results of the others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.text", description="Compare text classifiers.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--only", nargs="+", default=[], help="sets to run, all unless told")
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for name, head in QUESTIONS:
        if told.only and name not in told.only:
            continue
        rows = asked(name, head, told.seeds)
        _keep(told.output, [dict(row, set=name, head=head) for row in rows])
    return 0


def asked(name: str, head: str, seeds: Sequence[int]) -> list[Row]:
    """Ask one question of all contenders, once per seed."""
    examples = [example for example in public_examples(name) if getattr(example, head) is not None]
    names = FIXED.get(head) or tuple(sorted({str(example.topic) for example in examples}))
    labels = labels_of(examples, {head: names})
    groups = near_duplicate_groups([f"{example.subject}\n{example.body}" for example in examples])
    rows = []
    for seed in seeds:
        fold = fold_by_group(groups, [str(column) for column in labels[head]], test_share=0.2, seed=seed)
        contenders = {"Triage, fast stage": lambda fold=fold, seed=seed: ours(examples, labels, groups, fold, seed)}
        contenders |= {
            peer: lambda make=make, fold=fold: theirs(make, examples, labels[head], fold)
            for peer, make in PEERS.items()
        }
        for contender, judge in contenders.items():
            row = judge() | {"contender": contender, "seed": seed, "train": len(fold.train), "test": len(fold.test)}
            rows.append(row)
            print(f"{name} {head} {seed} {contender}: {row['macro_f1']:.3f} {row['cpu_ms']:.3f} ms", file=sys.stderr)
    return rows


def ours(examples: Sequence[Example], labels: Labels, groups: Sequence[int], fold: Fold, seed: int) -> Row:
    """Train our fast stage and judge it."""
    (head,) = labels
    started = time.process_time()
    texts = [MailText(example.subject, example.body) for example in examples]
    trained = learn_by_best_schedule(features_of(texts), labels, fold.train, groups, replace(CONFIG, seed=seed))
    spent = time.process_time() - started
    graph = ReadingGraph(trained.weights, trained.temperatures, CONFIG, labels.heads)
    graph.prepare()

    def read(mails: Sequence[int]) -> np.ndarray:
        subject, body = zip(*(texts[mail] for mail in mails), strict=True)
        return graph.serve(tf.constant(subject), tf.constant(body))[head].numpy()

    probabilities, cost = _timed(read, fold.test)
    truth, predicted = labels.of(fold.test), probabilities.argmax(axis=1)
    figures = figures_of(truth, {head: predicted}, {head: probabilities})
    return _scores(truth[head], predicted) | {
        "cpu_ms": cost,
        "train_cpu_s": spent,
        "ece": figures[f"{head}_ece"],
        "epochs": trained.epochs,
        "n": len(predicted),
    }


def theirs(make: Callable[[], Any], examples: Sequence[Example], column: np.ndarray, fold: Fold) -> Row:
    """Train a peer and judge it."""
    texts = [f"{example.subject}\n{example.body}" for example in examples]
    started = time.process_time()
    peer = make().fit([texts[mail] for mail in fold.train], column[fold.train])
    spent = time.process_time() - started
    predicted, cost = _timed(lambda mails: peer.predict([texts[mail] for mail in mails]), fold.test)
    truth = column[fold.test]
    return _scores(truth, predicted) | {"cpu_ms": cost, "train_cpu_s": spent, "n": len(truth)}


def _scores(truth: np.ndarray, predicted: np.ndarray) -> Row:
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro_f1": float(f1_score(truth, predicted, average="macro")),
    }


def _timed(read: Callable[[Sequence[int]], np.ndarray], mails: np.ndarray) -> tuple[np.ndarray, float]:
    """Return what is read of all mails, and the CPU-milliseconds that each took."""
    batches = [mails[start : start + BATCH] for start in range(0, len(mails), BATCH)]
    for batch in batches[:3]:
        read(batch)
    started = time.process_time()
    read_of = [read(batch) for batch in batches]
    spent = time.process_time() - started
    return np.concatenate(read_of), 1000 * spent / len(mails)


def _keep(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the results of the same set and head, and write all."""
    asked_now = {(row["set"], row["head"]) for row in rows}
    old = json.loads(path.read_text()) if path.exists() else []
    kept = [row for row in old if (row["set"], row["head"]) not in asked_now]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([*kept, *rows], indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
