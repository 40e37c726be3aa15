"""Placing mail by the policy in force that another policy placed.

What is left to do is found in the database each time: every email notes the policy that placed it. So whoever is
stopped at any moment goes on where they were, and mail that a worker read by the policy of before, while people put
another in force, is found as well.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from triage.feedback.placing import move_as_said
from triage.ranking import Circumstances, PriorityPolicy, kept_phrases, priority, reasons, stored_reading
from triage.storage import emails, policies, verdicts
from triage.storage.circumstances import circumstances_of
from triage.storage.session import Database
from triage.storage.tables import Verdict

# Emails whose places change in one transaction.
BATCH = 100


def place_some(database: Database, mailbox_id: int, policy: PriorityPolicy) -> bool:
    """Place the next unhandled emails of a mailbox that another policy placed; return whether more may be left.

    Their verdicts say from then on what this policy makes of them. Safe to repeat, and by several at a time.
    """
    with database.reading() as session:
        found = policies.placed_by_others(session, mailbox_id, policy.version, limit=BATCH)
    if not found:
        return False
    with database.unit_of_work() as session:
        locked = emails.lock(session, sorted(found))
        _renew_verdicts(session, mailbox_id, locked, policy)
        move_as_said(session, locked, policy)
    return len(found) == BATCH


def _renew_verdicts(session: Session, mailbox_id: int, email_ids: list[int], policy: PriorityPolicy) -> None:
    placed = [email for email in verdicts.placed_emails(session, email_ids) if email.verdict is not None]
    found = circumstances_of(session, [email.id for email in placed], {mailbox_id: policy})
    by_version: dict[str, list[dict[str, Any]]] = {}
    for email in placed:
        verdict = email.verdict
        if verdict is not None and verdict.policy_version != policy.version:
            row = _renewed(verdict, replace(found[email.id], findings=()), policy)
            by_version.setdefault(verdict.model_version, []).append(row)
    for version, rows in by_version.items():
        verdicts.update_verdicts(session, version, rows)
    session.expire_all()  # what follows reads the verdicts as they are now


def _renewed(verdict: Verdict, circumstances: Circumstances, policy: PriorityPolicy) -> dict[str, Any]:
    reading = stored_reading(verdict.distributions, verdict.language, verdict.unaided)
    score = priority(reading, policy, circumstances)
    why = reasons(reading, policy, circumstances, kept_phrases(verdict.reasons))
    return {
        "email_id": verdict.email_id,
        "policy_version": policy.version,
        "priority": score,
        "band": policy.band(score),
        "reasons": [reason.as_json() for reason in why],
    }
