"""A model of one mailbox: the shipped one, taught on by the labels of the mailbox; `python -m training mailbox`.

It begins with the weights of the shipped model and never with those of the active one, so that the same labels give
the same model, whatever was active meanwhile. A sample of the shipped mail is learned beside the labels, so that what
they leave out is not forgotten; of few labels each counts several times. A topic that the mailbox does not have is
masked in the sample and has no column.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.account import Account, account_of, curve_in
from training.additions import features_to_learn
from training.calibration import fit_temperature, softmax
from training.config import RunConfig
from training.corpus import Example, digest_of, examples_in, triage_corpus, wide_corpus
from training.evaluate import Figures, columns_of, figures_of
from training.export import Release, export
from training.features import Features, Integers
from training.fit import Trainer, Weights
from training.gate import compare_read
from training.heads import MAIL_HEADS, UNLABELLED, Heads, Labels, labels_of
from training.held_out import read_by_both
from training.inheritance import Inheritance, begin_with, inheritance_of
from training.limits import Sign, give_memory_back, give_way, watch_memory
from training.mailbox_card import mailbox_card
from training.near_duplicates import near_duplicate_groups
from training.objective import class_weights
from training.splits import fold_by_group
from training.text import mail_text
from triage.errors import TriageError, sentence_of
from triage.serving.manifest import DEFAULT_BUNDLE, Manifest, manifest_in
from triage.serving.text import load_text_model
from triage.serving.threads import limit_threads

SHIPPED_MAILS = 1000  # of the corpus, learned beside the labels
MOST_REPEATS = 5
_MANY = 2000  # labels from which fewer epochs do, and the calibrated model is good enough without learning again
# In a mailbox some topics are much commoner than others, and that they are is worth knowing.
_TOPIC_WEIGHT_POWER = 0.5
# How many labels the temperature of the shipped model weighs as much as.
_PRIOR_LABELS = 50


@dataclass(frozen=True, slots=True)
class _Taught:
    """Weights, how sure they may be, and their figures on the labels they were calibrated on."""

    weights: Weights
    temperatures: dict[str, float]
    figures: Figures
    calibrated_on: int


def train_mailbox(
    own: Sequence[Example],
    topics: Sequence[str],
    output: Path,
    *,
    seed: int = RunConfig().seed,
    start: Path = DEFAULT_BUNDLE,
    mailbox: str = "",
    sign: Callable[[str, float], None] = lambda _stage, _share: None,
) -> Manifest:
    """Train on the labels of a mailbox and write a bundle.

    Args:
        own: Labelled mail; mails of one `group` stay together where something is held out to calibrate on.
        topics: Those that the model shall tell apart.
        output: Folder to write the bundle into.
        seed: Chance; the same on the same examples gives the same model.
        start: Bundle to begin with.
        mailbox: Whose labels they are; its name is made from it as well.
        sign: Told what is done and how much of the work lies behind.

    Raises:
        InvalidBundle: The bundle to begin with cannot be used.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    left = inheritance_of(start)
    heads: Heads = {**MAIL_HEADS, "topic": tuple(topics)}
    beside = _sample_of_ours(frozenset(topics), seed)
    sign("reading", 0.05)
    features, labels = features_to_learn([*own, *beside]), labels_of([*own, *beside], heads)
    many = len(own) > _MANY
    config = replace(left.config, seed=seed, epochs=2 if many else 3)
    begin = begin_with(left, heads, features, np.arange(len(own)))
    sign("learning", 0.2)
    groups = _groups(own)
    teaching = _Teaching(features, labels, begin, config, len(own), sign, rounds=1 if many else 2)
    taught = teaching.calibrated(left, groups)
    del features, begin, teaching
    give_memory_back()
    figures = {
        "split": "mails held out by conversation and near-duplicate group, which it was calibrated on",
        "mails": taught.calibrated_on,
        "learned_from": len(own) + len(beside),
        "sources": f"{len(own)} labelled in the mailbox, and {len(beside)} drawn from what the shipped model knows,"
        " from whose weights it began.",
        "seed": seed,
        "epochs": config.epochs,
        "model": taught.figures,
        "keywords": {},
        "majority": {},
    }
    sign("writing", 0.85)
    digest = digest_of([*own, *beside])
    told = (taught.weights, heads, taught.temperatures, figures, config, digest)
    return export(Release(*told, mailbox=mailbox, card=mailbox_card), output)


class _Teaching:
    """Rounds of learning from the same features, each from the same start."""

    def __init__(
        self,
        features: Features,
        labels: Labels,
        begin: Weights,
        config: RunConfig,
        own: int,
        sign: Callable[[str, float], None],
        *,
        rounds: int,
    ) -> None:
        self.features, self.labels, self.begin, self.config = features, labels, begin, config
        self.own, self.beside = np.arange(own), np.arange(own, len(labels))
        self._sign, self._steps, self._done = sign, rounds * config.epochs, 0
        self._rounds = rounds

    def calibrated(self, left: Inheritance, groups: Sequence[int]) -> _Taught:
        """Learn from most labels, see on the others how sure it may be, and learn again from all where they are few."""
        held, kept = self._held_out(groups)
        trainer = self._learned(kept)
        truth = self.labels.of(held)
        logits = trainer.logits(held) if len(held) else {head: np.zeros((0, 1), np.float32) for head in truth}
        temperatures = {
            head: _temperature(logits[head], truth[head], left.temperatures.get(head, 1.0)) for head in truth
        }
        probabilities = {head: softmax(logits[head] / temperatures[head]) for head in truth}
        figures = figures_of(truth, columns_of(logits), probabilities) if len(held) else {}
        if self._rounds > 1:
            trainer = self._learned(self.own)
        return _Taught(trainer.weights(), temperatures, figures, len(held))

    def _held_out(self, groups: Sequence[int]) -> tuple[Integers, Integers]:
        share = 0.2 if self._rounds > 1 else 0.1
        topics = [str(column) for column in self.labels["topic"][self.own]]
        fold = fold_by_group(groups, topics, test_share=share, seed=self.config.seed)
        return fold.test, fold.train

    def _learned(self, mails: Integers) -> Trainer:
        repeats = min(max(round(len(self.beside) / (2 * max(len(mails), 1))), 1), MOST_REPEATS)
        together = np.concatenate([np.repeat(mails, repeats), self.beside])
        trainer = Trainer(self.features, self.labels, together, self.config, begin=self.begin)
        of_topics = class_weights(self.labels.of(together), _TOPIC_WEIGHT_POWER)["topic"]
        trainer.class_weights = {**trainer.class_weights, "topic": of_topics}
        for _ in range(self.config.epochs):
            trainer.epoch()
            self._done += 1
            self._sign("learning", 0.2 + 0.65 * self._done / self._steps)
        return trainer


def _sample_of_ours(topics: frozenset[str], seed: int) -> list[Example]:
    """Draw mails that the shipped model knows; where the mailbox has not their topic, they have none."""
    ours = [*triage_corpus(), *wide_corpus()]
    drawn = np.random.default_rng(seed).permutation(len(ours))[:SHIPPED_MAILS]
    return [ours[place] if ours[place].topic in topics else replace(ours[place], topic=None) for place in drawn]


def _groups(own: Sequence[Example]) -> list[int]:
    """Return a number per mail that it shares with its near-duplicates and with mails of its conversation."""
    texts = [mail_text(example) for example in own]
    group = near_duplicate_groups([f"{text.subject}\n{text.body}" for text in texts])
    first: dict[str, int] = {}
    return [first.setdefault(example.group, number) for example, number in zip(own, group, strict=True)]


def _temperature(logits: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], usual: float) -> float:
    """Return the temperature of a head: few labels say little, so it is drawn towards what it was before."""
    labels = int((truth != UNLABELLED).sum())
    if not labels:
        return usual
    told = np.log(fit_temperature(logits, truth))
    return float(np.exp((labels * told + _PRIOR_LABELS * np.log(usual)) / (labels + _PRIOR_LABELS)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line, and compare with the active model where mail was held out; return the exit code."""
    told = _parser().parse_args(arguments)
    sign = Sign(told.progress)
    give_way()
    watch_memory(told.memory, sign)
    limit_threads(told.threads)
    try:
        own = examples_in([told.examples])
        topics = told.topic or sorted({example.topic for example in own if example.topic is not None})
        manifest = train_mailbox(own, topics, told.output, seed=told.seed, mailbox=told.mailbox, sign=sign)
        report: dict[str, Any] = {"version": manifest.version, "figures": dict(manifest.figures)}
        account = _judged(told, own, topics, sign) if told.held_out else None
        report |= {} if account is None else account.as_json()
        told.report.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
        if account is not None and told.page:
            sign("drawing", 0.97)
            _draw(account, told.page)
    except (TriageError, OSError) as error:
        sign.say(sentence_of(error))
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    sign("done", 1.0)
    return 0


def _judged(
    told: argparse.Namespace, own: Sequence[Example], topics: Sequence[str], sign: Callable[[str, float], None]
) -> Account:
    sign("judging", 0.9)
    give_memory_back()
    active = load_text_model(told.active, threads=told.threads, deep=not told.fast)
    held = read_by_both(active, load_text_model(told.output), examples_in([told.held_out]))
    before = curve_in(json.loads(told.curve.read_text(encoding="utf-8"))) if told.curve else []
    is_untaught = active.manifest.version == manifest_in(DEFAULT_BUNDLE).version
    comparison = compare_read(held, seed=told.seed, learned=own, topics=topics)
    return account_of(held, comparison, len(own), before, is_untaught=is_untaught)


def _draw(account: Account, page: Path) -> None:
    """Write the page, where there is something to draw with. A training is good without."""
    if find_spec("matplotlib") is None:
        return
    try:
        page.write_text(account.page(), encoding="utf-8")
    except Exception as error:  # noqa: BLE001 (whatever a picture lacks, minutes of learning are not lost for it)
        print(f"triage: the page was not drawn: {error!r}", file=sys.stderr)  # noqa: T201 - into the log of the worker


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training mailbox", description="Train the model of a mailbox.")
    parser.add_argument("--examples", type=Path, required=True, help="labels to learn from, JSON Lines")
    parser.add_argument("--held-out", type=Path, help="labels to judge it by beside the active model, JSON Lines")
    parser.add_argument("--active", type=Path, default=DEFAULT_BUNDLE, help="bundle that reads the mailbox now")
    parser.add_argument("--fast", action="store_true", help="the active bundle is not asked for its deep stage")
    parser.add_argument("--topic", action="append", default=[], help="a topic of the mailbox; else those of the labels")
    parser.add_argument(
        "--mailbox", default="", help="whose labels they are, so that no other mailbox's version is alike"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder to write the bundle into")
    parser.add_argument("--report", type=Path, required=True, help="file to write the figures into, JSON")
    parser.add_argument("--curve", type=Path, help="what earlier trainings came to, a JSON list")
    parser.add_argument("--page", type=Path, help="file to draw the report into, HTML; needs matplotlib")
    parser.add_argument("--progress", type=Path, help="file that says how far it is")
    parser.add_argument("--threads", type=int, default=1, help="processor threads")
    parser.add_argument("--memory", type=int, default=0, help="bytes that it may hold; 0 for any number")
    parser.add_argument("--seed", type=int, default=RunConfig().seed)
    return parser


if __name__ == "__main__":
    sys.exit(main())
