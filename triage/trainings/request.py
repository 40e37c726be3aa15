"""A training is asked for: by a person, because enough was labelled, or because it is time.

Whoever asks gets a row at once, and the row gets an end. When nothing changed since the last training it ends at once,
and looking costs a few rows of indexes: no label, let alone an email, is read for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from triage.audit import note
from triage.errors import MailboxNotFound, TrainingNotFound
from triage.labels import author_name
from triage.storage import mailboxes, trainings
from triage.storage.tables import Training

# A new recipe may make more of the same labels.
RECIPE = "1"
# Of trainings that nobody asked for: while somebody labels all day, not one after the other.
LEAST_PAUSE = timedelta(minutes=10)


class Cause(StrEnum):
    """Why a training was begun."""

    PERSON = "person"
    LABELS = "labels"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a training is begun that nobody asked for.

    Attributes:
        after_labels: After so many new labels; 0 for never.
        every: When so much time has passed and something is new; zero for never.
    """

    after_labels: int
    every: timedelta


def request(session: Session, mailbox: str, *, cause: Cause, author: str, now: datetime) -> Training:
    """Return a training of a mailbox: the one that is not finished, or a new one, which ends here if nothing is new.

    Raises:
        MailboxNotFound: There is no such mailbox.
        InvalidLabel: This cannot be the name of an author.
    """
    mailbox_id = mailboxes.mailbox_id(session, mailbox)
    if mailbox_id is None:
        raise MailboxNotFound(mailbox)
    return _requested(session, mailbox_id, cause, author_name(author), now)


def training(session: Session, training_id: int) -> Training:
    """Return a training.

    Raises:
        TrainingNotFound: There is none with this number.
    """
    found = trainings.training_by_id(session, training_id)
    if found is None:
        raise TrainingNotFound(training_id)
    return found


def request_due(session: Session, calendar: Calendar, now: datetime) -> list[int]:
    """Begin every training that is due; return their numbers."""
    begun = []
    for name in mailboxes.mailbox_names(session):
        mailbox_id = mailboxes.mailbox_id(session, name)
        cause = None if mailbox_id is None else due(session, mailbox_id, calendar, now)
        if mailbox_id is not None and cause is not None:
            begun.append(_requested(session, mailbox_id, cause, f"{cause}", now).id)
    return begun


def due(session: Session, mailbox_id: int, calendar: Calendar, now: datetime) -> Cause | None:
    """Say why a mailbox should be trained now; `None` when it should not."""
    last = next(iter(trainings.newest_trainings(session, mailbox_id, limit=1)), None)
    seen = trainings.labels_seen(session, mailbox_id)
    if not seen.labels or (last is not None and (not last.finished_at or last.labels_seen == _kept(seen))):
        return None
    waited = None if last is None else now - last.requested_at
    if waited is not None and waited < LEAST_PAUSE:
        return None
    if calendar.after_labels and new_labels(session, mailbox_id, last) >= calendar.after_labels:
        return Cause.LABELS
    return Cause.SCHEDULE if calendar.every and waited is not None and waited >= calendar.every else None


def new_labels(session: Session, mailbox_id: int, last: Training | None) -> int:
    """Return how many labels were said since a training."""
    newest = 0 if last is None else trainings.newest_label_seen(last.labels_seen)
    return trainings.count_labels_after(session, mailbox_id, newest)


def _requested(session: Session, mailbox_id: int, cause: Cause, author: str, now: datetime) -> Training:
    seen = _kept(trainings.labels_seen(session, mailbox_id))
    last = trainings.last_training(session, mailbox_id, trainings.ACTIVATED, trainings.REFUSED, trainings.SKIPPED)
    told = {"cause": cause, "author": author, "requested_at": now, "labels_seen": seen, "labels_ignored": {}}
    unfinished = trainings.unfinished_training(session, mailbox_id)
    if unfinished is not None:
        return unfinished
    if last is not None and last.labels_seen == seen:
        reason = f"nothing new since training {last.id}, which was {last.state}; label more mail"
        made = trainings.insert_training(
            session, mailbox_id, **told, state=trainings.SKIPPED, reason=reason, finished_at=now
        )
    else:
        made = trainings.insert_training(session, mailbox_id, **told, state=trainings.QUEUED)
    if made is not None:
        note(session, "training.requested", f"training {made}", mailbox_id=mailbox_id, cause=cause, author=author)
    found = (
        trainings.unfinished_training(session, mailbox_id) if made is None else trainings.training_by_id(session, made)
    )
    assert found is not None  # noqa: S101 (just stored, by us or by another)
    return found


def _kept(seen: trainings.LabelsSeen) -> str:
    return f"{seen}.{RECIPE}"
