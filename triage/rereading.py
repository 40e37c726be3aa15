"""Reading mail again with the version that is active now.

What is left to do is found in the database each time and nothing is remembered, so whoever is stopped at any moment
goes on where they were. Earlier verdicts stay, and an email that a version has read before is not read once more: it
stands by that verdict again, which makes a rollback quick and exact.
"""

from collections.abc import Sequence
from datetime import datetime

from triage.classify import ranked_by
from triage.feedback.placing import move_as_said
from triage.ranking import Policies
from triage.serving.protocol import TextModel
from triage.storage import emails, verdicts
from triage.storage.session import Database


def read_again(database: Database, email_ids: Sequence[int], model: TextModel, policy: Policies, now: datetime) -> None:
    """Give emails that were read before a verdict of this model, and the place that it and their labels lead to.

    Those that a person has handled get the verdict and stay as they are. Safe to repeat, also after any part of it;
    nothing is locked while the model reads.
    """
    with database.reading() as session:
        unread = verdicts.without_verdict(session, email_ids, model.version)
        texts = emails.emails_to_read(session, unread, state=emails.READ)
    rows = [verdict for _, verdict, _ in ranked_by(model, texts, policy, now)] if texts else []
    with database.unit_of_work() as session:
        still = set(emails.lock(session, sorted(email_ids), state=emails.READ))
        verdicts.add_verdicts(session, [row for row in rows if row["email_id"] in still])
        move_as_said(session, verdicts.stand_by(session, sorted(still), model.version), policy)
