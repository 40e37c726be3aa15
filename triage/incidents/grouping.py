"""Letting mail that was read join the incident that it is about; after its verdict, which never waits for this.

One transaction groups mail of one mailbox at a time, for it holds the mailbox: two workers never open two incidents
for the same mails. Nothing is remembered between two rounds but what is stored, so any worker goes on where another
stopped.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from triage.audit import note
from triage.incidents.matters import WINDOW, Mails, Matter, group, means
from triage.incidents.putting_off import after_joining
from triage.incidents.surge import rates, surges
from triage.incidents.words import shared_words
from triage.labels import Band
from triage.memory.sketch import COLUMNS, sketches
from triage.outbox import Event, Fact, announce, is_wanted
from triage.storage import emails, incidents
from triage.storage.incidents import FreeMail
from triage.storage.mailboxes import name_of
from triage.storage.session import Database
from triage.storage.tables import Incident

# Emails of one transaction, and incidents that mail is compared with.
BATCH, MOST_INCIDENTS = 256, 50
_MEMBERS_FOR_WORDS, _OTHERS_FOR_WORDS = 60, 120


def group_emails(database: Database, email_ids: Sequence[int], now: datetime) -> int:
    """Let emails join incidents, and those that joined none before; return how many joined one.

    Safe to repeat: an email that is in an incident stays there.

    Raises:
        TransientError: The database does not answer; what was committed stays.
    """
    with database.reading() as session:
        mailbox_of = emails.mailboxes_of(session, email_ids)
    by_mailbox: dict[int, list[int]] = {}
    for email_id, mailbox_id in mailbox_of.items():
        by_mailbox.setdefault(mailbox_id, []).append(email_id)
    joined = 0
    for mailbox_id, ids in by_mailbox.items():
        for start in range(0, len(ids), BATCH):
            with database.unit_of_work() as session:
                joined += group_mailbox(session, mailbox_id, ids[start : start + BATCH], now)
    return joined


def group_mailbox(session: Session, mailbox_id: int, email_ids: Sequence[int], now: datetime) -> int:
    """Let emails of a mailbox, in the order of ids, and free mail before them join incidents; return how many did."""
    incidents.hold_mailbox(session, mailbox_id)
    free = incidents.free_mail(session, mailbox_id, email_ids[-1])
    if not free:
        return 0
    oldest = min(mail.received_at for mail in free)
    version = free[0].model_version
    stored = incidents.recent_incidents(session, mailbox_id, version, since=oldest - WINDOW, limit=MOST_INCIDENTS)
    mails = _mails(free, frozenset(email_ids))
    matters = group(mails, [_matter(one) for one in stored])
    for matter in matters:
        if matter.joined or matter.absorbed:
            _store(session, matter, mailbox_id, mails, free, now)
    return sum(len(matter.joined) for matter in matters)


def _mails(free: Sequence[FreeMail], fresh: Collection[int]) -> Mails:
    words, embeddings = sketches([mail.representation for mail in free])
    is_fresh = np.array([mail.id in fresh for mail in free])
    pressing = np.array([mail.band == Band.CRITICAL for mail in free])
    return Mails(words, embeddings, pressing, [mail.received_at for mail in free], is_fresh)


def _matter(incident: Incident) -> Matter:
    mean = np.frombuffer(incident.centroid, np.float16).astype(np.float32) * np.float32(incident.size)
    return Matter(
        incident.id,
        mean[:COLUMNS],
        mean[COLUMNS:],
        incident.size,
        incident.pressing,
        incident.first_at,
        incident.last_at,
        [],
        [],
    )


def _store(
    session: Session, matter: Matter, mailbox_id: int, mails: Mails, free: Sequence[FreeMail], now: datetime
) -> None:
    mean = np.concatenate([matter.words, matter.embedding]) / matter.size
    columns = {
        "size": matter.size,
        "pressing": matter.pressing,
        "first_at": matter.first_at,
        "last_at": matter.last_at,
        "centroid": mean.astype(np.float16).tobytes(),
    }
    incident_id = matter.incident_id
    if incident_id is None:
        fresh = {"mailbox_id": mailbox_id, "model_version": free[0].model_version, "opened_at": now, "words": []}
        incident_id = incidents.open_incident(
            session, {**columns, **fresh, "central_email_id": free[_central(matter, mails, free)].id}
        )
    joined = [free[row].id for row in matter.joined]
    incidents.join(session, incident_id, joined)
    incidents.merge(session, matter.absorbed, incident_id)
    after_joining(session, incident_id, joined, matter.absorbed, now)
    if matter.incident_id is not None and _grew(matter, by=2):
        # While few wrote, the first may have been chosen by chance.
        columns["central_email_id"] = free[_central(matter, mails, free)].id
    if _grew(matter, by=8):
        columns["words"] = _words(session, incident_id, matter, free)
    incidents.change_incident(session, incident_id, **columns)
    if matter.incident_id is None:
        _tell_opened(session, incident_id, mailbox_id, matter, now)


def _tell_opened(session: Session, incident_id: int, mailbox_id: int, matter: Matter, now: datetime) -> None:
    told: dict[str, Any] = {"id": incident_id, "count": matter.size, "pressing": matter.pressing}
    note(session, "incident.opened", f"incident {incident_id}", mailbox_id=mailbox_id, **told)
    if is_wanted(session, Event.INCIDENT_OPENED):
        surge = surges(rates(session, now)).get(name_of(session, mailbox_id))
        told |= {"first_at": matter.first_at, "last_at": matter.last_at, "surge": surge}
        announce(session, Event.INCIDENT_OPENED, [Fact(f"incident {incident_id}", mailbox_id, told)], now)


def _words(session: Session, incident_id: int, matter: Matter, free: Sequence[FreeMail]) -> list[str]:
    joined = set(matter.joined)
    others = [f"{mail.subject} {mail.snippet}" for row, mail in enumerate(free) if row not in joined]
    texts = incidents.texts_of_members(session, incident_id, limit=_MEMBERS_FOR_WORDS)
    return shared_words(texts, others[:_OTHERS_FOR_WORDS])


def _central(matter: Matter, mails: Mails, free: Sequence[FreeMail]) -> int:
    """Return the row of the mail that is most like all others, among those that have a subject."""
    named = [row for row in matter.joined if free[row].subject.strip()] or matter.joined
    words, _ = means([matter])
    return named[int((mails.words[named] @ words[0]).argmax())]


def _grew(matter: Matter, *, by: int) -> bool:
    """Say whether as many joined now as are one of so many parts of all."""
    return bool(matter.joined) and len(matter.joined) * by >= matter.size
