"""Taking back what was said; the label stays in the history, with who withdrew it and when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from triage.errors import EmailNotFound, LabelNotFound
from triage.feedback.placing import move_as_said
from triage.feedback.telling import tell_withdrawn
from triage.labels import author_name
from triage.ranking import Policies
from triage.storage import emails, labels
from triage.storage.session import Database

# Short transactions, so that nobody waits for a lock.
BATCH = 200


def withdraw(session: Session, email_id: int, label_id: int, *, author: str, now: datetime, policy: Policies) -> None:
    """Withdraw a label, in the name of `author`; what was said before counts again.

    Safe to repeat: one that was withdrawn keeps who did it first.

    Raises:
        EmailNotFound: The email is not stored.
        LabelNotFound: It has no such label.
    """
    _lock(session, email_id)
    if not labels.has_label(session, email_id, label_id):
        raise LabelNotFound(email_id, label_id)
    _withdraw(session, email_id, label_id, author_name(author), now, policy)


def withdraw_last(session: Session, email_id: int, *, author: str, now: datetime, policy: Policies) -> int | None:
    """Withdraw the last label of an author that stands; return which, `None` when there is none.

    Raises:
        EmailNotFound: The email is not stored.
    """
    _lock(session, email_id)
    own = [label for label in labels.standing_labels(session, [email_id]).get(email_id, []) if label.author == author]
    if not own:
        return None
    last = max(own, key=lambda label: (label.said_at, label.id))
    _withdraw(session, email_id, last.id, author_name(author), now, policy)
    return last.id


def withdraw_many(database: Database, label_ids: Sequence[int], *, author: str, now: datetime, policy: Policies) -> int:
    """Withdraw labels of many emails, some at a time; return how many stood until now. Safe to repeat."""
    name, withdrawn = author_name(author), 0
    with database.reading() as session:
        email_of = labels.emails_of(session, label_ids)
    ids = sorted(set(email_of.values()))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        with database.unit_of_work() as session:
            emails.lock(session, batch)
            of_these = [label_id for label_id, email_id in email_of.items() if email_id in set(batch)]
            stood = labels.mark_all_withdrawn(session, of_these, by=name, now=now)
            move_as_said(session, batch, policy)
            tell_withdrawn(session, {label_id: email_of[label_id] for label_id in stood}, by=name)
        withdrawn += len(stood)
    return withdrawn


def _withdraw(session: Session, email_id: int, label_id: int, by: str, now: datetime, policy: Policies) -> None:
    stood = labels.mark_withdrawn(session, label_id, by=by, now=now)
    move_as_said(session, [email_id], policy)
    if stood:
        tell_withdrawn(session, {label_id: email_id}, by=by)


def _lock(session: Session, email_id: int) -> None:
    if not emails.lock(session, [email_id]):
        raise EmailNotFound(email_id)
