"""Learning how important senders are from what people do with their mail, some seconds after they do it.

What people do notes the email, in the same transaction. Here that is weighed: what was done is found in the rows as
they are now, so that what is undone counts no more, whoever is stopped leaves the rest to the next call, and nothing
counts twice.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from triage.ranking import NOTHING_SAID, stored_reading
from triage.ranking.importance import Treatment, treatment_of
from triage.ranking.reading import Reading
from triage.storage import senders
from triage.storage.incidents import hold_mailbox
from triage.storage.labels import InForce, labels_in_force
from triage.storage.senders import TreatedEmail
from triage.storage.session import Database

# Emails weighed in one transaction, and transactions for one mailbox in one call: no call takes long.
BATCH, MOST_BATCHES = 200, 20


def weigh(database: Database) -> int:
    """Weigh what people did with mail since the last call; return with how many emails. Safe to repeat."""
    with database.reading() as session:
        mailbox_ids = senders.mailboxes_to_weigh(session)
    return sum(_weigh_mailbox(database, mailbox_id) for mailbox_id in mailbox_ids)


def _weigh_mailbox(database: Database, mailbox_id: int) -> int:
    weighed = 0
    for _ in range(MOST_BATCHES):
        with database.unit_of_work() as session:
            count = _weigh_some(session, mailbox_id)
        weighed += count
        if count < BATCH:
            break
    return weighed


def _weigh_some(session: Session, mailbox_id: int) -> int:
    # One at a time: of two, the later could keep what it had read before the other wrote.
    hold_mailbox(session, mailbox_id)
    due = senders.due_to_weigh(session, mailbox_id, limit=BATCH)
    labels = labels_in_force(session, [email.id for email in due])
    found = [(email, _treatment(email, labels.get(email.id))) for email in due]
    rows = [
        {"email_id": email.id, "address": email.address, "treatment": treatment, "treated_at": _moment(email, labels)}
        for email, treatment in found
        if treatment is not None
    ]
    senders.save_treatments(session, rows, undone=[email.id for email, treatment in found if treatment is None])
    senders.renew(session, mailbox_id, {email.address for email in due})
    return len(due)


def _treatment(email: TreatedEmail, labels: InForce | None) -> Treatment | None:
    return treatment_of(
        NOTHING_SAID if labels is None else labels.said,
        _alone(email),
        done_after=None if email.handled_at is None else email.handled_at - email.stored_at,
        with_many=email.with_many,
        in_incident=email.incident_id is not None,
        is_automatic=email.is_automatic,
    )


def _alone(email: TreatedEmail) -> Reading | None:
    """Return what the model said by itself, before memory of what people said of other mail."""
    if email.distributions is None or email.language is None:
        return None
    return stored_reading(email.unaided or email.distributions, email.language)


def _moment(email: TreatedEmail, labels: Mapping[int, InForce]) -> datetime:
    return email.handled_at or labels[email.id].newest.said_at
