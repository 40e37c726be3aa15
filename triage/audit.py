"""Noting who or what changed what, in the transaction of the change: both are stored, or neither.

Numbers of emails and names of things are all that is noted; text of mail never is.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from triage.actor import actor
from triage.storage.audit import add_entries
from triage.storage.mailboxes import names_by_id


def note(
    session: Session,
    action: str,
    subject: str = "",
    *,
    mailbox_id: int | None = None,
    model_version: str | None = None,
    policy_version: str | None = None,
    **details: Any,
) -> None:
    """Note one change.

    Args:
        session: The transaction of the change.
        action: What was done, as in `model.activated`.
        subject: To what, as in `email 41`; empty where that is many things, which the details name.
        mailbox_id: The mailbox that this is about, if it is about one.
        model_version: The model that decided or was decided on.
        policy_version: The policy likewise.
        details: What JSON can hold.
    """
    mailbox = None if mailbox_id is None else names_by_id(session).get(mailbox_id)
    versions = {"model_version": model_version, "policy_version": policy_version}
    add_entries(session, [_row(action, subject, mailbox, details) | versions])


def note_each(
    session: Session, action: str, of_emails: Mapping[int, int], details: Mapping[int, Mapping[str, Any]] | None = None
) -> None:
    """Note the same change of several emails, given with their mailboxes; `details` are by email."""
    if not of_emails:
        return
    names, told = names_by_id(session), details or {}
    add_entries(
        session,
        [
            _row(action, f"email {email_id}", names.get(mailbox_id), told.get(email_id, {}))
            | {"model_version": None, "policy_version": None}
            for email_id, mailbox_id in of_emails.items()
        ],
    )


def note_placed(session: Session, action: str, placed: Iterable[tuple[int, int, str | None, str | None]]) -> None:
    """Note that emails were given a place: one entry for all of a mailbox, model version and policy version.

    Args:
        session: The transaction that places them.
        action: What placed them, as in `email.ranked`.
        placed: Number, mailbox, model version and policy version of each.
    """
    groups: dict[tuple[int, str | None, str | None], list[int]] = {}
    for email_id, mailbox_id, model_version, policy_version in placed:
        groups.setdefault((mailbox_id, model_version, policy_version), []).append(email_id)
    names = names_by_id(session) if groups else {}
    add_entries(
        session,
        [
            _row(action, f"email {ids[0]}" if len(ids) == 1 else "", names.get(mailbox_id), {"emails": ids})
            | {"model_version": model_version, "policy_version": policy_version}
            for (mailbox_id, model_version, policy_version), ids in groups.items()
        ],
    )


def _row(action: str, subject: str, mailbox: str | None, details: Mapping[str, Any]) -> dict[str, Any]:
    # When it is written: the time of a change may be one that somebody says.
    return {
        "at": datetime.now(UTC),
        "actor": actor()[:250],
        "action": action,
        "mailbox": mailbox,
        "subject": subject,
        "details": dict(details),
    }
