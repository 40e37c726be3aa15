"""What a training looks like from outside; the API and `--json` on the command line give the same."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from triage.storage import trainings
from triage.storage.tables import Training
from triage.trainings import Overview


class TrainingItem(BaseModel):
    """A training. One that has ended says in `reason` why it ended so."""

    id: int
    mailbox: str
    state: str = Field(description="queued, running; in the end activated, refused, skipped or failed")
    reason: str
    cause: str = Field(description="person, labels or schedule")
    author: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stage: str
    progress: float = Field(description="0 to 1")
    attempts: int
    labels_used: int = Field(description="emails that it learned from or was judged by")
    labels_ignored: dict[str, int] = Field(description="why, and how many emails")
    version: str | None = Field(description="the candidate, whatever became of it")
    figures: dict[str, Any] | None = Field(
        description="of the candidate: the comparison with the active model, and where one training is asked for the"
        " `report`: per head and language, confusion, the worst mistakes by number of the email, learning curve"
    )

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self.state in trainings.FINAL


class TrainingPage(BaseModel):
    """Trainings, newest first."""

    items: list[TrainingItem]


class MailboxTraining(BaseModel):
    """How it stands with the training of a mailbox."""

    mailbox: str
    active_version: str | None = Field(description="`null` for the shipped model")
    labels_used: int = Field(description="emails that a training would learn from or be judged by now")
    labels_learned: int
    labels_held_out: int
    labels_ignored: dict[str, int]
    waiting_topics: list[str] = Field(description="topics that want more labels, as sentences")
    last_run: TrainingItem | None
    unfinished: TrainingItem | None
    next_run: str
    blockers: list[str] = Field(description="what keeps the mailbox from being trained, as sentences")


def training_item(training: Training, mailboxes: Mapping[int, str], *, in_full: bool = False) -> TrainingItem:
    """Return a training as it looks from outside, in full with its report; `mailboxes` are names by number."""
    told = {name: getattr(training, name) for name in TrainingItem.model_fields if name != "mailbox"}
    if told["figures"] and not in_full:
        told["figures"] = {name: figures for name, figures in told["figures"].items() if name != "report"}
    return TrainingItem(mailbox=mailboxes[training.mailbox_id], **told)


def mailbox_training(told: Overview, blockers: list[str]) -> MailboxTraining:
    """Return how it stands with a mailbox; `blockers` are further ones than those of its labels."""

    def item(training: Training | None) -> TrainingItem | None:
        return None if training is None else training_item(training, {training.mailbox_id: told.mailbox})

    return MailboxTraining(
        mailbox=told.mailbox,
        active_version=told.active,
        labels_used=told.learned + told.held_out,
        labels_learned=told.learned,
        labels_held_out=told.held_out,
        labels_ignored=dict(told.ignored),
        waiting_topics=list(told.waiting_topics),
        last_run=item(told.last),
        unfinished=item(told.unfinished),
        next_run=told.next_run,
        blockers=[*told.blockers, *blockers],
    )
