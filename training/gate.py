"""A candidate and the active model on the same labels that neither may have learned from.

What is decided by these figures is decided in `triage/trainings/decision.py`, which needs no NumPy. Every difference
has an interval: whole conversations are drawn again and again, the same for both models (paired, clustered bootstrap).

Source:
    Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapters 8 and 13 (percentile interval);
    Field and Welsh 2007, "Bootstrapping clustered data" (whole clusters are drawn).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from training.corpus import Example
from training.heads import UNLABELLED, Labels
from training.held_out import HeldOut, read_by_both
from training.judge import HEADS, beliefs_of
from training.metrics import expected_calibration_error
from training.remembering import memory_with
from triage.comparison import CERTAINTY
from triage.labels import Urgency
from triage.ranking import Reading
from triage.serving.text import TextModel
from triage.trainings.decision import Compared, Comparison, OfTopic

DRAWS = 2000
Shares = npt.NDArray[np.float64]  # (mails, labels)
Draws = npt.NDArray[np.floating]  # (draws + 1, …), of which the first counts all mails once


@dataclass(frozen=True, slots=True)
class _Read:
    """What both models say of the labelled mails of one head; `weights` is how often each mail counts in each draw."""

    truth: npt.NDArray[np.integer]
    active: Shares
    candidate: Shares
    weights: Draws


@dataclass(frozen=True, slots=True)
class _Tally:
    """Mails by (draw, class): read rightly, of the class, and said to be of it."""

    hits: Draws
    truth: Draws
    told: Draws


def compare(
    active: TextModel,
    candidate: TextModel,
    held: Sequence[Example],
    *,
    seed: int,
    learned: Sequence[Example] = (),
    topics: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a `Comparison` as JSON: each figure of both models, with the interval of the difference."""
    return compare_read(read_by_both(active, candidate, held), seed=seed, learned=learned, topics=topics).as_json()


def compare_read(
    held: HeldOut, *, seed: int, learned: Sequence[Example] = (), topics: Sequence[str] = ()
) -> Comparison:
    """Return each figure of both models on mail that they have read, with the interval of the difference.

    Where `learned` has the labels that the candidate learned from, both models are also compared as the mailbox is read
    in truth: each with a memory of these labels, of which the mailbox has `topics`.
    """
    weights = _drawn([example.group for example in held.examples], np.random.default_rng(seed))
    figures, of_topics = _compared_on(held, weights, held.active.readings, held.candidate.readings)
    aided: list[Compared] = []
    if learned:
        of_active, of_candidate = (
            memory_with(one.model, learned, topics).recall(one.readings) for one in (held.active, held.candidate)
        )
        aided, _ = _compared_on(held, weights, of_active, of_candidate)
    versions = held.active.model.version, held.candidate.model.version
    return Comparison(*versions, len(held.examples), tuple(figures), tuple(of_topics), tuple(aided))


def _compared_on(
    held: HeldOut, weights: Draws, active: Sequence[Reading], candidate: Sequence[Reading]
) -> tuple[list[Compared], list[OfTopic]]:
    labels = held.labels
    of_active, of_candidate = beliefs_of(active, labels), beliefs_of(candidate, labels)
    figures: list[Compared] = []
    topics: list[OfTopic] = []
    for head in HEADS:
        labelled = labels[head] != UNLABELLED
        if not labelled.any():
            continue
        read = _Read(
            labels[head][labelled], of_active[head][labelled], of_candidate[head][labelled], weights[:, labelled]
        )
        figures += _figures(head, read, labels)
        if head == "topic":
            topics = _topics(read, labels, held.active.model.manifest.labels["topic"])
    return figures, topics


def _drawn(groups: Sequence[str], draw: np.random.Generator) -> Draws:
    """Return how often each mail counts in each draw; in the first, all count once."""
    _, cluster = np.unique(groups, return_inverse=True)
    count = int(cluster.max()) + 1
    times = draw.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(np.float32)
    return np.concatenate([np.ones((1, len(groups)), np.float32), times[:, cluster]])


def _figures(head: str, read: _Read, labels: Labels) -> list[Compared]:
    classes = len(labels.heads[head])
    found = [_compared(f"{head}_macro_f1", read, lambda shares: _mean(_f1(_tally(read, shares, classes))))]
    if head == "urgency":
        found.append(_compared("urgency_kappa", read, lambda shares: _kappa(read, shares, classes)))
        critical = labels.heads[head].index(Urgency.CRITICAL)
        if mails := int((read.truth == critical).sum()):
            recall = _compared(
                "urgency_critical_recall", read, lambda one: _recall(_tally(read, one, classes), critical)
            )
            found.append(replace(recall, mails=mails))
    return [*found, _calibration(head, read)]


def _topics(read: _Read, labels: Labels, known: Sequence[str]) -> list[OfTopic]:
    names = labels.heads["topic"]
    active, candidate = (_f1(_tally(read, shares, len(names))) for shares in (read.active, read.candidate))
    found = []
    for column in np.unique(read.truth).tolist():
        mails = int((read.truth == column).sum())
        told = _with_interval(names[column], mails, active[:, column], candidate[:, column])
        found.append(OfTopic(**asdict(told), is_new=names[column] not in known))
    return found


def _compared(name: str, read: _Read, figure: Callable[[Shares], Draws]) -> Compared:
    return _with_interval(name, len(read.truth), figure(read.active), figure(read.candidate))


def _with_interval(name: str, mails: int, active: Draws, candidate: Draws) -> Compared:
    difference = (candidate - active)[1:]
    # A draw may hold no mail of a class, and says nothing then.
    told = difference[np.isfinite(difference)] if np.isfinite(difference).any() else np.zeros(1)
    within, surely = (
        tuple(np.quantile(told, [(1 - share) / 2, (1 + share) / 2]).round(4).tolist()) for share in CERTAINTY
    )
    return Compared(name, mails, round(float(active[0]), 4), round(float(candidate[0]), 4), within, surely)


def _tally(read: _Read, shares: Shares, classes: int) -> _Tally:
    truth, told = (np.eye(classes, dtype=np.float32)[columns] for columns in (read.truth, shares.argmax(axis=1)))
    return _Tally(read.weights @ (truth * told), read.weights @ truth, read.weights @ told)


def _f1(tally: _Tally) -> Draws:
    """Return F1 by (draw, class), NaN where a draw has no mail of the class."""
    with np.errstate(invalid="ignore"):
        f1 = 2 * tally.hits / (tally.truth + tally.told)
    return np.where(tally.truth > 0, f1, np.nan)


def _mean(f1: Draws) -> Draws:
    """Return the mean per draw over the classes that its labels name."""
    there = np.isfinite(f1)
    return np.asarray(np.where(there, f1, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1))


def _recall(tally: _Tally, column: int) -> Draws:
    with np.errstate(invalid="ignore"):
        return np.asarray(tally.hits[:, column] / tally.truth[:, column])


def _kappa(read: _Read, shares: Shares, steps: int) -> Draws:
    """Return Cohen's kappa with squared distances per draw, as `training.metrics` has it for one."""
    place = np.eye(steps * steps, dtype=np.float32)[read.truth * steps + shares.argmax(axis=1)]
    counts = (read.weights @ place).reshape(-1, steps, steps)
    cost = (np.arange(steps)[:, None] - np.arange(steps)[None, :]) ** 2
    expected = counts.sum(axis=2)[:, :, None] * counts.sum(axis=1)[:, None, :]
    worst = (cost * expected).sum(axis=(1, 2)) / np.maximum(counts.sum(axis=(1, 2)), 1)
    observed = (cost * counts).sum(axis=(1, 2))
    return np.where(worst > 0, 1 - observed / np.where(worst > 0, worst, 1), 0.0)


def _calibration(head: str, read: _Read) -> Compared:
    """Compare the calibration errors, from a tenth of the draws: each takes a walk over all mails."""
    draws = [np.repeat(np.arange(len(read.truth)), times) for times in read.weights[: DRAWS // 10].astype(np.int64)]
    active, candidate = (
        np.array([expected_calibration_error(read.truth[one], shares[one]) for one in draws])
        for shares in (read.active, read.candidate)
    )
    return _with_interval(f"{head}_ece", len(read.truth), active, candidate)
