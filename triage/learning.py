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
from triage.memory.memory import MOST_MAILS, MOVES, Lesson, Memory, from_bytes, learned_from, to_bytes
from triage.ranking import Policies, PriorityPolicy, Reading, distributions_of, kept_phrases, stored_reading
from triage.storage import emails, memories, placings, topics, verdicts
from triage.storage.circumstances import circumstances_of
from triage.storage.labels import InForce, labels_in_force
from triage.storage.memories import Fitted, Remembered
from triage.storage.placings import Placing, Unplaced
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


def due(session: Session, version_of: Callable[[int], str | None]) -> Iterator[Due]:
    """Yield the mailboxes whose labels or model have changed since their memory was fitted; it reads no mail.

    Args:
        session: Open.
        version_of: Says with which version a mailbox is read; `None` where that is in doubt, and nothing is learned.
    """
    before = memories.fitted(session)
    for mailbox_id, labels_seen in sorted(memories.label_states(session).items()):
        known, version = before.pop(mailbox_id, None), version_of(mailbox_id)
        if version is not None and not _has_learned(session, mailbox_id, known, version, labels_seen):
            yield Due(mailbox_id, version, labels_seen, _next_generation(known))
    # Every labelled mail of these was deleted.
    for mailbox_id, known in sorted(before.items()):
        version = version_of(mailbox_id)
        if known.labels_seen and version is not None:
            yield Due(mailbox_id, version, "", _next_generation(known))


def learn(database: Database, mailbox: Due, now: datetime) -> Memory | None:
    """Fit the memory of a mailbox and store it; return it, or `None` when there was nothing new to learn.

    As long as the model has read no labelled mail at all, what was learned of the one before is kept: it may come back.
    """
    with database.reading() as session:
        known = memories.fitted(session).get(mailbox.mailbox_id)
        lessons, unread = _lessons(session, mailbox)
        names = [topic.name for topic in topics.topics_of(session, mailbox.mailbox_id) if topic.retired_at is None]
    if (unread and not lessons) or _is_same(known, mailbox.version, mailbox.labels_seen, len(lessons)):
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
        placing = Placing(placings.first_unread(session))
        memories.save(session, {**row, "placed_to": placing.as_json()})
    return Memory(mailbox.generation, mailbox.version, heads)


def stored_memory(session: Session, mailbox_id: int, fitted: Fitted) -> Memory | None:
    """Return a memory as it was fitted; `None` when there was another since."""
    stored = memories.weights_of(session, mailbox_id, fitted.generation)
    return None if stored is None else Memory(fitted.generation, fitted.model_version, from_bytes(stored))


def place_some(
    database: Database, unplaced: Unplaced, memory: Memory, policy: Policies, now: datetime
) -> Placing | None:
    """Place the next unhandled emails of a mailbox by its memory, and note how far this is; return where to go on.

    That is `None` at the end, while workers may still read with the memory before, and when there was another fit.
    Safe to repeat, and by several at a time. Nothing is locked while beliefs are computed.
    """
    placing, mailbox_id = unplaced.placing, unplaced.mailbox_id
    if placing.is_late and now - unplaced.fitted_at < ALL_KNOW_AFTER:
        return None
    with database.reading() as session:
        places = placings.standing(session, mailbox_id, placing, limit=BATCH)
        rows = _changed(session, mailbox_id, sorted(email_id for _, email_id in places), memory, policy.of(mailbox_id))
    after = _after(placing, places)
    with database.unit_of_work() as session:
        held = placings.hold(session, mailbox_id, memory.generation)
        if held != placing:
            return held  # another worker has placed these, or fitted anew
        locked = emails.lock(session, sorted(rows), state=emails.READ)
        still = memories.standing_by(session, locked, memory.model_version)
        verdicts.update_verdicts(session, memory.model_version, [rows[email_id] for email_id in still])
        move_as_said(session, still, policy)
        placings.note_placing(session, mailbox_id, memory.generation, after, now)
    return after


def renew_verdicts(
    database: Database, mailbox_id: int, email_ids: Sequence[int], memory: Memory, policy: Policies
) -> None:
    """Let the verdicts that a version gave emails earlier say what the memory of today makes of them.

    For emails that are about to stand by them again. They stay where they are; nothing happens after another fit.
    """
    with database.reading() as session:
        rows = _changed(session, mailbox_id, email_ids, memory, policy.of(mailbox_id))
    if not rows:
        return
    with database.unit_of_work() as session:
        if memories.is_newest(session, mailbox_id, memory.generation):
            locked = emails.lock(session, sorted(rows))
            verdicts.update_verdicts(session, memory.model_version, [rows[email_id] for email_id in locked])


def _has_learned(session: Session, mailbox_id: int, known: Fitted | None, version: str, labels_seen: str) -> bool:
    if known is None or not _is_same(known, version, labels_seen, known.mails):
        return False
    return known.is_whole or known.mails == memories.count_labelled(session, mailbox_id, version, limit=MOST_MAILS)


def _is_same(known: Fitted | None, version: str, labels_seen: str, mails: int) -> bool:
    what = (version, labels_seen, mails)
    return known is not None and (known.model_version, known.labels_seen, known.mails) == what


def _next_generation(known: Fitted | None) -> int:
    return 1 if known is None else known.generation + 1


def _after(placing: Placing, places: Sequence[tuple[datetime, int]]) -> Placing | None:
    if len(places) == BATCH:
        rank_at, email_id = places[-1]
        return replace(placing, rank_at=rank_at, email_id=email_id)
    return None if placing.is_late else Placing(placing.since, is_late=True)


def _changed(
    session: Session, mailbox_id: int, email_ids: Sequence[int], memory: Memory, policy: PriorityPolicy
) -> dict[int, dict[str, Any]]:
    """Return the verdicts that are others by a memory, as columns, by email."""
    known = memories.recallable(session, email_ids, memory.model_version)
    recalled = memory.recall([_reading(one) for one in known])
    found = circumstances_of(session, email_ids, {mailbox_id: policy})
    rows = {}
    for one, reading in zip(known, recalled, strict=True):
        now = distributions_of(reading)
        if _distance(now, one.says) >= MOVES or (reading.unaided is None and now != one.says):
            circumstances = replace(found[one.email_id], findings=())
            verdict = verdict_of(reading, circumstances, policy, kept_phrases(one.reasons))
            rows[one.email_id] = {"email_id": one.email_id, **verdict}
    return rows


def _distance(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Return how far the distributions of two readings are apart: the most that one probability differs by."""
    pairs = [(one[head], other[head]) for head in one if head != "action_required"]
    pairs.append(({"yes": one["action_required"]}, {"yes": other["action_required"]}))
    return max(
        abs(float(mine.get(name, 0.0)) - float(its.get(name, 0.0))) for mine, its in pairs for name in {**mine, **its}
    )


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
