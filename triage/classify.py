"""Emails to readings to verdicts.

A batch that is read for the first time is not counted as an attempt: writing to every row before reading it would
double the cost of all mail to guard against a rare one. Emails that come a second time were in the hands of a worker
that died, so each is then counted first and read alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from triage import tracing
from triage.attempts import Trial
from triage.audit import note_placed
from triage.labels import Band
from triage.metrics.readings import Counted, count_readings
from triage.outbox import Event, announce_emails
from triage.ranking import (
    NOTHING_SAID,
    Circumstances,
    Explanation,
    Policies,
    PriorityPolicy,
    Read,
    Reading,
    images_count,
    place_as_said,
    place_of,
    priority,
    stored_findings,
    stored_reading,
)
from triage.serving.protocol import TextModel, TextModels
from triage.storage import emails, queued
from triage.storage.emails import WaitingEmail
from triage.storage.labels import InForce, labels_in_force
from triage.storage.session import Database
from triage.storage.verdicts import record_verdicts
from triage.verdict import verdict_of

STAGE = "read"
_EXPLAINED = frozenset({Band.HIGH, Band.CRITICAL})


# An email with its verdict and the place that this gives it, as columns.
Ranked = tuple[WaitingEmail, dict[str, Any], dict[str, Any]]


def classify(session: Session, email_ids: Sequence[int], models: TextModels, policy: Policies, now: datetime) -> int:
    """Give emails that wait their verdict; return how many got one.

    Each is read with the model of its mailbox. Safe to repeat: one that has been read, set aside or deleted meanwhile
    is passed over, and a verdict is keyed by email and model version. What people said of an email counts for its
    place, whatever the model says, and so does what its images were found to be. What `policy` says of a mailbox must
    not change meanwhile.
    """
    waiting = emails.waiting_emails(session, email_ids)
    if not waiting:
        return 0
    ranked = [one for model, group in _by_model(waiting, models) for one in ranked_by(model, group, policy, now)]
    # While the model read, somebody may have labelled an email or set it aside. Nobody does from here to the commit.
    still = set(emails.lock(session, [email.id for email in waiting], state=emails.QUEUED))
    labels = labels_in_force(session, sorted(still))
    kept = [one for one in ranked if one[0].id in still]
    found = emails.findings_of(session, [email.id for email, _, _ in kept if email.attachment_count])
    places = [
        place | _beside(email, verdict, labels, found, policy.of(email.mailbox_id)) for email, verdict, place in kept
    ]
    record_verdicts(session, [verdict for _, verdict, _ in kept], places)
    _tell(session, [email for email, _, _ in kept], places)
    _count(session, kept, policy, now)
    return len(kept)


def _tell(session: Session, read: Sequence[WaitingEmail], places: Sequence[Mapping[str, Any]]) -> None:
    versions = [(place["model_version"], place["policy_version"]) for place in places]
    placed = [(email.id, email.mailbox_id, *version) for email, version in zip(read, versions, strict=True)]
    note_placed(session, "email.ranked", placed)
    announce_emails(session, Event.EMAIL_RANKED, [email.id for email in read])


def _count(session: Session, read: Sequence[Ranked], policy: Policies, now: datetime) -> None:
    states = [policy.of(email.mailbox_id).topic_state(verdict["topic_confidence"]) for email, verdict, _ in read]
    count_readings(
        session,
        [
            Counted(verdict, state, now - email.stored_at)
            for (email, verdict, _), state in zip(read, states, strict=True)
        ],
    )


def ranked_by(model: TextModel, read: Sequence[WaitingEmail], policy: Policies, now: datetime) -> list[Ranked]:
    """Read emails with one model; return each with its verdict and its place, labels apart."""
    told: tracing.Attributes = {"triage.model_version": model.version, "triage.emails": len(read)}
    with tracing.span("read", attributes=told):
        readings = model.read([email.text for email in read])
    mails = [_circumstances(email) for email in read]
    scores = [
        priority(reading, policy.of(email.mailbox_id), mail)
        for email, reading, mail in zip(read, readings, mails, strict=True)
    ]
    why = _explanations(read, scores, model, policy)
    return [
        _ranked(email, mail, reading, why.get(email.id), model.version, policy.of(email.mailbox_id), now)
        for email, mail, reading in zip(read, mails, readings, strict=True)
    ]


def _by_model(
    waiting: Sequence[WaitingEmail], models: TextModels
) -> Iterable[tuple[TextModel, Sequence[WaitingEmail]]]:
    """Return the emails that each model reads; most often there is one."""
    by_mailbox: dict[int, list[WaitingEmail]] = {}
    for email in waiting:
        by_mailbox.setdefault(email.mailbox_id, []).append(email)
    groups: dict[int, tuple[TextModel, list[WaitingEmail]]] = {}
    for mailbox_id, emails_of_it in by_mailbox.items():
        model = models.of(mailbox_id)
        groups.setdefault(id(model), (model, []))[1].extend(emails_of_it)
    return groups.values()


def classify_alone(
    database: Database,
    email_id: int,
    models: TextModels,
    policy: Policies,
    *,
    attempts_before: int,
    max_attempts: int,
    now: datetime,
) -> None:
    """Read one email that may be at fault: count the attempt, commit, and only then read.

    After `max_attempts` the email is set aside with its reason instead. `attempts_before` is how many attempts there
    must have been even if our row counts fewer: 1 for an email that a worker died with.

    Raises:
        TransientError: The database or the model is away; the email stays where it is.
    """

    def act() -> None:
        with database.unit_of_work() as session:
            classify(session, [email_id], models, policy, now)

    trial = Trial(database, queued.EMAILS, "reading", STAGE, max_attempts)
    trial.alone(email_id, act, attempts_before=attempts_before, now=now)


def _explanations(
    waiting: Sequence[WaitingEmail], scores: Sequence[float], model: TextModel, policy: Policies
) -> dict[int, Explanation]:
    """Ask the model why, for the few emails that people will look at first; it costs as much as the reading did."""
    pressing = [
        email
        for email, score in zip(waiting, scores, strict=True)
        if policy.of(email.mailbox_id).band(score) in _EXPLAINED
    ]
    explained = model.explain([email.text for email in pressing]) if pressing else []
    return {email.id: explanation for email, explanation in zip(pressing, explained, strict=True)}


def _circumstances(email: WaitingEmail) -> Circumstances:
    return Circumstances(
        sender_address=email.sender_address,
        is_automatic=email.is_automatic,
        recipients=tuple(one["address"] for one in email.recipients),
        subject=email.text.subject,
        text=email.text.body,
        received_at=email.received_at,
        evidence=email.evidence,
    )


def _ranked(
    email: WaitingEmail,
    mail: Circumstances,
    reading: Reading,
    why: Explanation | None,
    model_version: str,
    policy: PriorityPolicy,
    now: datetime,
) -> Ranked:
    verdict = verdict_of(reading, mail, policy, why) | {
        "email_id": email.id,
        "model_version": model_version,
        "created_at": now,
        "representation": reading.representation or None,
    }
    place = place_of(verdict["priority"], email.received_at, email.stored_at, policy)
    return email, verdict, place | {"id": email.id, "topic": verdict["topic"], "model_version": model_version}


def _beside(
    email: WaitingEmail,
    verdict: dict[str, Any],
    labels: Mapping[int, InForce],
    found: Mapping[int, Sequence[Mapping[str, Any]]],
    policy: PriorityPolicy,
) -> dict[str, Any]:
    """Return the place of an email whose verdict is not all there is to say of it, as columns; else nothing."""
    findings = stored_findings(found.get(email.id))
    if email.id not in labels and not images_count(findings, policy):
        return {"reasons": None} if email.has_reasons else {}
    circumstances = replace(_circumstances(email), findings=findings)
    said = labels[email.id].said if email.id in labels else NOTHING_SAID
    # From what the verdict keeps, so that the place is the same whether this or the verdict came first.
    read = Read(stored_reading(verdict["distributions"], verdict["language"], verdict["unaided"]), verdict["reasons"])
    return place_as_said(read, said, email.received_at, email.stored_at, circumstances, policy)
