"""Putting emails where what was said of them, and what their images were found to be, belongs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from triage.ranking import (
    NOTHING_SAID,
    Circumstances,
    PriorityPolicy,
    Read,
    Said,
    findings_that_count,
    place_as_said,
    rank_at,
    stored_findings,
    stored_reading,
)
from triage.storage import verdicts
from triage.storage.labels import labels_in_force
from triage.storage.tables import Verdict
from triage.storage.verdicts import PlacedEmail


def move_as_said(session: Session, email_ids: Sequence[int], policy: PriorityPolicy) -> None:
    """Give emails the place that their verdict, images and the labels in force lead to. They are locked."""
    if not email_ids:
        return
    said = {email_id: labels.said for email_id, labels in labels_in_force(session, email_ids).items()}
    placed = verdicts.placed_emails(session, email_ids)
    verdicts.move(session, [{"id": email.id, **_place(email, said.get(email.id), policy)} for email in placed])


def _place(email: PlacedEmail, said: Said | None, policy: PriorityPolicy) -> dict[str, Any]:
    verdict = email.verdict
    circumstances = Circumstances(email.sender_address, email.is_automatic, stored_findings(email.findings))
    # Before an email is read its images alone move nothing: it stands where an ordinary mail would.
    images_count = verdict is not None and findings_that_count(circumstances.findings, policy)
    if said is not None or images_count:
        told = said or NOTHING_SAID
        return place_as_said(_read(verdict), told, email.received_at, email.stored_at, circumstances, policy)
    # There is nothing beside its verdict: it stands where that puts it, among those that nobody spoke of.
    score = policy.default_priority if verdict is None else verdict.priority
    return {
        "priority": score,
        "band": policy.band(score) if verdict is None else verdict.band,
        "topic": None if verdict is None else verdict.topic,
        "rank_at": rank_at(email.received_at, email.stored_at, score, policy),
        "reasons": None,
    }


def _read(verdict: Verdict | None) -> Read | None:
    if verdict is None:
        return None
    return Read(stored_reading(verdict.distributions, verdict.language, verdict.unaided), verdict.reasons)
