"""Route to the emails whose labels would teach most."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from triage.api.access import READ
from triage.api.schemas import EmailItem, email_item
from triage.api.services import NowDep, ServicesDep
from triage.api.topics import MailboxPath
from triage.feedback import MOST_AT_ONCE, next_to_label
from triage.ranking import Policies, rounded
from triage.storage import emails
from triage.storage.inbox import inbox_rows_by_id

router = APIRouter(prefix="/v1/mailboxes/{mailbox:path}/label-next", tags=["labels"])


class UnsureEmail(EmailItem):
    """An email to label next."""

    uncertainty: float = Field(
        description="0: the model is sure of all it says; 1: every label is as likely as another"
    )


class LabelNext(BaseModel):
    """Emails to label next, the most telling first; there is no second page, ask again after labelling."""

    items: list[UnsureEmail]


@router.get("", dependencies=[READ])
def list_next(
    mailbox: MailboxPath,
    services: ServicesDep,
    now: NowDep,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 10,
) -> LabelNext:
    """List unlabelled emails that the model is unsure of and that differ from each other."""
    with services.database.reading() as session:
        return LabelNext(items=unsure_emails(session, mailbox, services.policy, now, limit=limit))


def unsure_emails(
    session: Session, mailbox: str, policy: Policies, now: datetime, *, limit: int
) -> Sequence[UnsureEmail]:
    """Return the emails to label next as they look from outside.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    chosen = next_to_label(session, mailbox, limit=limit)
    ids = [one.email_id for one in chosen]
    rows, attachments = inbox_rows_by_id(session, ids), emails.attachments_of(session, ids)
    return [
        UnsureEmail(
            **email_item(rows[one.email_id], attachments[one.email_id], policy, now).model_dump(by_alias=True),
            uncertainty=rounded(one.uncertainty),
        )
        for one in chosen
        if one.email_id in rows  # else it was deleted meanwhile
    ]
