"""Held-out mail as the active model and a candidate read it, each of them once."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.corpus import Example
from training.heads import Labels, labels_of
from training.judge import HEADS, beliefs_of
from training.report import Report, report_of
from training.text import mail_text
from triage.ranking import Reading
from triage.serving.text import TextModel


@dataclass(frozen=True, slots=True)
class Read:
    """A model, and what it said of all held-out mails."""

    model: TextModel
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out mails with their labels, and what both models say of them.

    Attributes:
        labels: Of heads whose topics are those of both models and of the mails.
        languages: Of the mails, as the candidate reads them where nobody said it.
    """

    examples: Sequence[Example]
    labels: Labels
    languages: Sequence[str]
    active: Read
    candidate: Read

    def report_of(self, one: Read) -> Report:
        """Return what one of the two is worth by itself."""
        ids = [example.id for example in self.examples]
        beliefs = beliefs_of(one.readings, self.labels)
        return report_of(one.model.version, ids, self.languages, self.labels, beliefs)


def read_by_both(active: TextModel, candidate: TextModel, held: Sequence[Example]) -> HeldOut:
    """Let both models read the mails."""
    labels, texts = labels_of(held, _heads(active, candidate, held)), [mail_text(example) for example in held]
    of_active, of_candidate = (Read(model, model.read(texts)) for model in (active, candidate))
    read = zip(held, of_candidate.readings, strict=True)
    languages = [str(example.language or reading.language) for example, reading in read]
    return HeldOut(held, labels, languages, of_active, of_candidate)


def _heads(active: TextModel, candidate: TextModel, held: Sequence[Example]) -> dict[str, tuple[str, ...]]:
    told = {str(example.topic) for example in held if example.topic is not None}
    topics = {*map(str, active.manifest.labels["topic"]), *map(str, candidate.manifest.labels["topic"]), *told}
    return {head: tuple(map(str, active.manifest.labels[head])) for head in HEADS} | {"topic": tuple(sorted(topics))}
