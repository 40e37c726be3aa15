"""Trainings: asked for, taken up by a worker, and brought to an end; and the labels that they are about.

No question here looks at what emails say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from triage.ranking import HEADS
from triage.storage.tables import Email, Label, Topic, Training

QUEUED, RUNNING = "queued", "running"
ACTIVATED, REFUSED, SKIPPED, FAILED = "activated", "refused", "skipped", "failed"
UNFINISHED = (QUEUED, RUNNING)
FINAL = (ACTIVATED, REFUSED, SKIPPED, FAILED)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label as a training looks at it, with who wrote the email and who began its conversation."""

    label_id: int
    email_id: int
    thread_id: str
    sender: str
    begun_by: str
    said: dict[str, Any]
    source: str
    said_at: datetime
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class LabelsSeen:
    """All that changes when there is something new to learn: counts and the newest of labels, and those of topics."""

    newest_label: int
    labels: int
    withdrawn: int
    topics: int
    retired: int

    def __str__(self) -> str:
        """Return it as a training keeps it."""
        return ".".join(map(str, (self.newest_label, self.labels, self.withdrawn, self.topics, self.retired)))


def labels_seen(session: Session, mailbox_id: int) -> LabelsSeen:
    """Return what there is to learn from; walks over an index of labels, and the few rows of topics."""
    of_labels = select(func.max(Label.id), func.count(), func.count(Label.withdrawn_at))
    newest, labels, withdrawn = session.execute(of_labels.where(Label.mailbox_id == mailbox_id)).one()
    of_topics = select(func.count(), func.count(Topic.retired_at)).where(Topic.mailbox_id == mailbox_id)
    topics, retired = session.execute(of_topics).one()
    return LabelsSeen(newest or 0, labels, withdrawn, topics, retired)


def newest_label_seen(seen: str) -> int:
    """Return the newest label that a training has seen."""
    first = seen.partition(".")[0]
    return int(first) if first.isdigit() else 0


def count_labels_after(session: Session, mailbox_id: int, label_id: int) -> int:
    """Return how many labels were said after one."""
    query = select(func.count()).where(Label.mailbox_id == mailbox_id, Label.id > label_id)
    return session.scalar(query) or 0


def label_rows(session: Session, mailbox_id: int) -> Iterator[LabelRow]:
    """Yield all labels of a mailbox, mail by mail."""
    of_mailbox = (Label.mailbox_id == mailbox_id, Email.id == Label.email_id)
    columns = (Label.id, Email.id, Email.thread_id, Email.sender_address, *(getattr(Label, head) for head in HEADS))
    query = select(*columns, Label.source, Label.said_at, Label.withdrawn_at).where(*of_mailbox)
    rows = session.execute(query.order_by(Email.id, Label.id)).all()
    begun_by = _beginners(session, mailbox_id)
    for label_id, email_id, thread_id, sender, *said, source, said_at, withdrawn_at in rows:
        told = dict(zip(HEADS, said, strict=True))
        beginner = begun_by.get(thread_id, sender)
        gone = withdrawn_at is not None
        yield LabelRow(label_id, email_id, thread_id, sender, beginner, told, source, said_at, gone)


def _beginners(session: Session, mailbox_id: int) -> dict[str, str]:
    """Return who wrote the first email of each conversation that somebody labelled mail of."""
    labelled = select(Email.thread_id).join(Label, Label.email_id == Email.id).where(Label.mailbox_id == mailbox_id)
    first = (
        select(func.min(Email.id))
        .where(Email.mailbox_id == mailbox_id, Email.thread_id.in_(labelled))
        .group_by(Email.thread_id)
    )
    return dict(session.execute(select(Email.thread_id, Email.sender_address).where(Email.id.in_(first))).all())


def insert_training(session: Session, mailbox_id: int, **values: Any) -> int | None:
    """Store a training; `None` when the mailbox has one that is not finished, and this one is not either."""
    made = Training(mailbox_id=mailbox_id, **_EMPTY | values)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return None
    return made.id


_EMPTY: dict[str, Any] = {"reason": "", "stage": "", "progress": 0.0, "attempts": 0, "labels_used": 0}


def training_by_id(session: Session, training_id: int) -> Training | None:
    """Return a training."""
    return session.get(Training, training_id)


def unfinished_training(session: Session, mailbox_id: int) -> Training | None:
    """Return the training of a mailbox that is not finished."""
    return session.scalars(_of(mailbox_id).where(Training.state.in_(UNFINISHED))).first()


def newest_trainings(session: Session, mailbox_id: int | None, *, limit: int) -> Sequence[Training]:
    """Return the trainings of a mailbox, or of all, newest first."""
    query = select(Training) if mailbox_id is None else _of(mailbox_id)
    return session.scalars(query.order_by(Training.id.desc()).limit(limit)).all()


def last_training(session: Session, mailbox_id: int, *states: str) -> Training | None:
    """Return the newest training of a mailbox in one of some states, in any final one unless some are named."""
    query = _of(mailbox_id).where(Training.state.in_(states or FINAL))
    return session.scalars(query.order_by(Training.id.desc()).limit(1)).first()


def page_of(session: Session, training_id: int) -> str | None:
    """Return the page of a training, where it has one."""
    return session.scalar(select(Training.page).where(Training.id == training_id))


def drop_pages(session: Session, mailbox_id: int, *, keep: int) -> None:
    """Drop the pages of a mailbox but the newest few; figures stay."""
    has_page = (Training.mailbox_id == mailbox_id, Training.page.is_not(None))
    kept = select(Training.id).where(*has_page).order_by(Training.id.desc()).limit(keep)
    old = update(Training).where(*has_page, Training.id.not_in(kept)).values(page=None)
    session.execute(old.execution_options(synchronize_session=False))


def last_figures(session: Session, mailbox_id: int) -> dict[str, Any] | None:
    """Return the figures of the newest training of a mailbox that judged a candidate."""
    query = select(Training.figures).where(Training.mailbox_id == mailbox_id, Training.figures.is_not(None))
    return session.scalars(query.order_by(Training.id.desc()).limit(1)).first()


def unfinished_trainings(session: Session) -> Sequence[Training]:
    """Return all trainings that are not finished, oldest first."""
    return session.scalars(select(Training).where(Training.state.in_(UNFINISHED)).order_by(Training.id)).all()


def take_up(session: Session, now: datetime, *, silent_since: datetime) -> Training | None:
    """Take the oldest training that nobody works on: it waits, or whoever had it gave no sign of life since then.

    It runs from now on, as one attempt more.
    """
    left = (Training.state == RUNNING) & (Training.beat_at < silent_since)
    waiting = select(Training).where(or_(Training.state == QUEUED, left)).order_by(Training.id).limit(1)
    found = session.scalars(waiting.with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    found.state, found.attempts, found.beat_at = RUNNING, found.attempts + 1, now
    found.started_at = found.started_at or now
    found.stage, found.progress = "beginning", 0.0
    session.flush()
    return found


def change(session: Session, training_id: int, attempt: int, **values: Any) -> bool:
    """Change a training that is in its given attempt; say whether it is."""
    is_ours = (Training.id == training_id, Training.state == RUNNING, Training.attempts == attempt)
    statement = update(Training).where(*is_ours).values(**values).returning(Training.id)
    return session.execute(statement.execution_options(synchronize_session=False)).first() is not None


def fail_waiting(session: Session, *, requested_before: datetime, reason: str, now: datetime) -> list[int]:
    """End the trainings that nobody took up; return their numbers."""
    untaken = (Training.state == QUEUED, Training.requested_at < requested_before)
    statement = update(Training).where(*untaken).values(state=FAILED, reason=reason, finished_at=now)
    return list(session.scalars(statement.returning(Training.id)))


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many trainings are in each state, or ended so."""
    counted = dict(session.execute(select(Training.state, func.count()).group_by(Training.state)).all())
    return {state: counted.get(state, 0) for state in (*UNFINISHED, *FINAL)}


def _of(mailbox_id: int) -> Select[Training]:
    return select(Training).where(Training.mailbox_id == mailbox_id)
