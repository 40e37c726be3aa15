"""Learning from labels within seconds: the memory of a mailbox is fitted anew, and its mail is placed by it.

What there is to do is found in the database each time: labels that a memory has not seen, or a model whose mistakes it
does not know. So whoever is stopped at any moment goes on where they were, and a call that is lost delays learning and
loses nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from triage.feedback.placing import move_as_said
from triage.labels import Source
from triage.memory.memory import MOST_MAILS, Lesson, Memory, from_bytes, learned_from, to_bytes
from triage.ranking import Circumstances, PriorityPolicy, Reading, kept_phrases, stored_reading
from triage.storage import emails, memories, topics, verdicts
from triage.storage.labels import InForce, labels_in_force
from triage.storage.memories import Fitted, Placing, Remembered, Unplaced
from triage.storage.session import Database
from triage.verdict import verdict_of

# Emails whose places change in one transaction.
BATCH = 200
# Workers look for new memories every second; what is read after this is read with them.
ALL_KNOW_AFTER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Due:
    """A mailbox whose memory is to be fitted, and the labels there are."""

    mailbox_id: int
    version: str
    labels_seen: str
    generation: int


def due(session: Session, version_of: Callable[[int], str]) -> Iterator[Due]:
    """Yield the mailboxes whose labels or model have changed since their memory was fitted; it reads no mail."""
    before = memories.fitted(session)
    for mailbox_id, labels_seen in sorted(memories.label_states(session).items()):
        known, version = before.pop(mailbox_id, None), version_of(mailbox_id)
        if known is None or (known.model_version, known.labels_seen) != (version, labels_seen) or not known.is_whole:
            yield Due(mailbox_id, version, labels_seen, 1 if known is None else known.generation + 1)
    # Every labelled mail of these was deleted.
    for mailbox_id, known in sorted(before.items()):
        if known.labels_seen:
            yield Due(mailbox_id, version_of(mailbox_id), "", known.generation + 1)


def learn(database: Database, mailbox: Due, now: datetime) -> Memory | None:
    """Fit the memory of a mailbox and store it; return it, or `None` when there was nothing new to learn."""
    with database.reading() as session:
        known = memories.fitted(session).get(mailbox.mailbox_id)
        lessons, unread = _lessons(session, mailbox)
        names = [topic.name for topic in topics.topics_of(session, mailbox.mailbox_id) if topic.retired_at is None]
    if _is_known(known, mailbox, len(lessons), database):
        return None
    heads, evidence = learned_from(lessons, names) if lessons else ({}, {})
    row = {
        "mailbox_id": mailbox.mailbox_id,
        "model_version": mailbox.version,
        "generation": mailbox.generation,
        "labels_seen": mailbox.labels_seen,
        "fitted_at": now,
        "evidence": {"heads": evidence, "mails": len(lessons), "unread": unread},
        "weights": to_bytes(heads),
        "placed_at": None,
    }
    with database.unit_of_work() as session:
        placing = Placing(memories.newest_email(session))
        memories.save(session, {**row, "placed_to": placing.as_json()})
    return Memory(mailbox.generation, mailbox.version, heads)


def stored_memory(session: Session, mailbox_id: int, fitted: Fitted) -> Memory | None:
    """Return a memory as it was fitted; `None` when there was another since."""
    stored = memories.weights_of(session, mailbox_id, fitted.generation)
    return None if stored is None else Memory(fitted.generation, fitted.model_version, from_bytes(stored))


def place_some(
    database: Database, unplaced: Unplaced, memory: Memory, policy: PriorityPolicy, now: datetime
) -> Placing | None:
    """Place the next unhandled emails of a mailbox by its memory, and note how far this is; return where to go on.

    That is `None` at the end, or while workers may still read with the memory before. Safe to repeat.
    """
    placing, mailbox_id = unplaced.placing, unplaced.mailbox_id
    if placing.is_late and now - unplaced.fitted_at < ALL_KNOW_AFTER:
        return None
    with database.unit_of_work() as session:
        places = memories.standing(session, mailbox_id, placing, limit=BATCH)
        locked = emails.lock(session, sorted(email_id for _, email_id in places), state=emails.READ)
        move_as_said(session, correct(session, locked, memory, policy), policy)
        after = _after(placing, places)
        memories.note_placing(session, mailbox_id, memory.generation, after, now)
    return after


def correct(session: Session, email_ids: Sequence[int], memory: Memory, policy: PriorityPolicy) -> list[int]:
    """Correct the verdicts that emails stand by with a memory; return those that changed, to be moved. They are locked.

    It begins with what the model alone said, whatever an earlier memory had made of it.
    """
    known = memories.remembered(session, email_ids, memory.model_version)
    recalled = memory.recall([_reading(one) for one in known])
    changed = {one.email_id: reading for one, reading in zip(known, recalled, strict=True)}
    moved = _moved(session, changed, policy)
    verdicts.update_verdicts(session, memory.model_version, moved)
    return [row["email_id"] for row in moved]


def _after(placing: Placing, places: Sequence[tuple[datetime, int]]) -> Placing | None:
    if len(places) == BATCH:
        rank_at, email_id = places[-1]
        return replace(placing, rank_at=rank_at, email_id=email_id)
    return None if placing.is_late else Placing(placing.upto, is_late=True)


def _moved(session: Session, readings: Mapping[int, Reading], policy: PriorityPolicy) -> list[dict[str, Any]]:
    """Return the verdicts that are others now."""
    rows = []
    for email in verdicts.placed_emails(session, sorted(readings)):
        verdict = email.verdict
        if verdict is None:
            continue
        circumstances = Circumstances(email.sender_address, email.is_automatic)
        row = verdict_of(readings[email.id], circumstances, policy, kept_phrases(verdict.reasons))
        if row["distributions"] != verdict.distributions:
            rows.append({"email_id": email.id, **row})
    return rows


def _lessons(session: Session, mailbox: Due) -> tuple[list[Lesson], int]:
    known, unread = memories.labelled(session, mailbox.mailbox_id, mailbox.version, limit=MOST_MAILS)
    said = labels_in_force(session, [one.email_id for one in known])
    lessons = [Lesson(_reading(one), _by_people(said[one.email_id])) for one in known if one.email_id in said]
    return [lesson for lesson in lessons if lesson.said], unread


def _by_people(labels: InForce) -> dict[str, Any]:
    """Return what people say, head by head; what a rule says is the rule's, and taught by nobody."""
    return {head: getattr(label, head) for head, label in labels.by_head.items() if label.source != Source.RULE}


def _reading(one: Remembered) -> Reading:
    return replace(stored_reading(one.distributions, one.language), representation=one.representation)


def _is_known(known: Fitted | None, mailbox: Due, lessons: int, database: Database) -> bool:
    """Tell whether nothing has come but the hope of more mail read: the labels are the same, and so are the mails."""
    if known is None or (known.model_version, known.labels_seen) != (mailbox.version, mailbox.labels_seen):
        return False
    with database.reading() as session:
        return bool(memories.evidence_of(session, mailbox.mailbox_id).get("mails") == lessons)
