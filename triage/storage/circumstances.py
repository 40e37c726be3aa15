"""What policies look at besides the readings of emails."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.ranking import Circumstances, PriorityPolicy, stored_findings
from triage.ranking.rules import LOOKED_AT
from triage.storage.dialect import among
from triage.storage.senders import evidence_on_each
from triage.storage.tables import Email, Message


def circumstances_of(
    session: Session, email_ids: Sequence[int], policies: Mapping[int, PriorityPolicy]
) -> dict[int, Circumstances]:
    """Return the circumstances of emails that are stored; the text only where the policy of a mailbox looks at it."""
    if not email_ids:
        return {}
    query = select(
        Email.id,
        Email.mailbox_id,
        Email.sender_address,
        Email.is_automatic,
        Email.findings,
        Email.recipients,
        Email.subject,
        Email.received_at,
    )
    rows = session.execute(query.where(among(session, Email.id, email_ids))).all()
    texts = _texts(session, [row[0] for row in rows if policies[row[1]].looks_for_words])
    evidence = evidence_on_each(session, [(row[1], row[2]) for row in rows])
    return {
        email_id: Circumstances(
            sender_address=sender,
            is_automatic=is_automatic,
            findings=stored_findings(findings),
            recipients=tuple(one["address"] for one in recipients),
            subject=subject,
            text=texts.get(email_id, ""),
            received_at=received_at,
            evidence=known,
        )
        for (email_id, _, sender, is_automatic, findings, recipients, subject, received_at), known in zip(
            rows, evidence, strict=True
        )
    }


def _texts(session: Session, email_ids: Sequence[int]) -> dict[int, str]:
    if not email_ids:
        return {}
    # No more of a long text than rules look at.
    query = select(Message.email_id, func.substr(Message.text, 1, LOOKED_AT))
    return dict(session.execute(query.where(among(session, Message.email_id, email_ids))).all())
