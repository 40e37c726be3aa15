"""Putting emails where what was said of them, and what their images were found to be, belongs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from triage.audit import note_placed
from triage.ranking import (
    NO_EVIDENCE,
    NOTHING_SAID,
    Circumstances,
    Policies,
    PriorityPolicy,
    Read,
    Said,
    images_count,
    place_as_said,
    place_of,
    stored_reading,
    unread_place,
)
from triage.storage import verdicts
from triage.storage.circumstances import circumstances_of
from triage.storage.labels import labels_in_force
from triage.storage.tables import Verdict
from triage.storage.verdicts import PlacedEmail


def move_as_said(session: Session, email_ids: Sequence[int], policy: Policies) -> None:
    """Give emails the place that their verdict, images and the labels in force lead to. They are locked."""
    if not email_ids:
        return
    said = {email_id: labels.said for email_id, labels in labels_in_force(session, email_ids).items()}
    placed = verdicts.placed_emails(session, email_ids)
    # Asked once: between two questions people may change it.
    policies = {mailbox_id: policy.of(mailbox_id) for mailbox_id in {email.mailbox_id for email in placed}}
    found = circumstances_of(session, email_ids, policies)
    places = [
        {"id": email.id, **_place(email, said.get(email.id), found[email.id], policies[email.mailbox_id])}
        for email in placed
    ]
    verdicts.move(session, places)
    versions = {email.id: None if email.verdict is None else email.verdict.model_version for email in placed}
    stand = [(email.id, email.mailbox_id, versions[email.id], policies[email.mailbox_id].version) for email in placed]
    note_placed(session, "email.placed", stand)


def _place(
    email: PlacedEmail, said: Said | None, circumstances: Circumstances, policy: PriorityPolicy
) -> dict[str, Any]:
    verdict = email.verdict
    # Before an email is read its images alone move nothing: it stands where an ordinary mail would.
    if said is not None or (verdict is not None and images_count(circumstances.findings, policy)):
        told = said or NOTHING_SAID
        return place_as_said(_read(verdict), told, email.received_at, email.stored_at, circumstances, policy)
    if verdict is None:
        unread = replace(circumstances, findings=(), evidence=NO_EVIDENCE)
        return unread_place(unread, email.received_at, email.stored_at, policy) | {"topic": None}
    # There is nothing beside its verdict: it stands where that puts it, among those that nobody spoke of. Where that
    # was made by another policy the place says so, and is made anew.
    return place_of(verdict.priority, email.received_at, email.stored_at, policy) | {
        "band": verdict.band,
        "due_at": policy.due_at(email.received_at, verdict.band),
        "policy_version": verdict.policy_version,
        "topic": verdict.topic,
        "reasons": None,
    }


def _read(verdict: Verdict | None) -> Read | None:
    if verdict is None:
        return None
    return Read(stored_reading(verdict.distributions, verdict.language, verdict.unaided), verdict.reasons)
