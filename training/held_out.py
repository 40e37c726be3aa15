"""Held-out mail as the active model and a candidate read it, each of them once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.corpus import Example
from training.heads import Labels, labels_of
from training.judge import HEADS, beliefs_of
from training.remembering import memory_with
from training.report import Report, report_of
from training.text import mail_text
from triage.ranking import Reading
from triage.serving.text import TextModel


@dataclass(frozen=True, slots=True)
class Belief:
    """What one model believes of all held-out mails.

    Attributes:
        topics: That it knows.
        shares: Head to (mails, labels of the head).
    """

    version: str
    topics: Sequence[str]
    shares: Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out mails with their labels, and what both models say of them.

    Attributes:
        labels: Of heads whose topics are those of both models and of the mails.
        languages: Of the mails, as the candidate reads them where nobody said it.
        aided: What both believe with a memory at their side, active first; empty where none was fitted.
    """

    examples: Sequence[Example]
    labels: Labels
    languages: Sequence[str]
    active: Belief
    candidate: Belief
    aided: tuple[Belief, ...] = ()

    def report_of(self, model: Belief) -> Report:
        """Return what one of the two is worth."""
        ids = [example.id for example in self.examples]
        return report_of(model.version, ids, self.languages, self.labels, model.shares)


def read_by_both(
    active: TextModel,
    candidate: TextModel,
    held: Sequence[Example],
    *,
    learned: Sequence[Example] = (),
    topics: Sequence[str] = (),
) -> HeldOut:
    """Let both models read the mails.

    Where `learned` has the labels that the candidate learned from, each also reads as the mailbox is read in truth:
    with a memory of these labels, of which the mailbox has `topics`.
    """
    labels, texts = labels_of(held, _heads(active, candidate, held)), [mail_text(example) for example in held]
    of_active, of_candidate = active.read(texts), candidate.read(texts)
    languages = [str(example.language or one.language) for example, one in zip(held, of_candidate, strict=True)]
    both = ((active, of_active), (candidate, of_candidate))
    aided = [
        _belief(model, memory_with(model, learned, topics).recall(readings), labels)
        for model, readings in both
        if learned
    ]
    of_both = _belief(active, of_active, labels), _belief(candidate, of_candidate, labels)
    return HeldOut(held, labels, languages, of_both[0], of_both[1], tuple(aided))


def _belief(model: TextModel, readings: Sequence[Reading], labels: Labels) -> Belief:
    return Belief(model.version, tuple(map(str, model.manifest.labels["topic"])), beliefs_of(readings, labels))


def _heads(active: TextModel, candidate: TextModel, held: Sequence[Example]) -> dict[str, tuple[str, ...]]:
    told = {str(example.topic) for example in held if example.topic is not None}
    topics = {*map(str, active.manifest.labels["topic"]), *map(str, candidate.manifest.labels["topic"]), *told}
    return {head: tuple(map(str, active.manifest.labels[head])) for head in HEADS} | {"topic": tuple(sorted(topics))}
