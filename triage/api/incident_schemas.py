"""What an incident looks like from outside."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from triage.storage.incidents import Overview, overviews

# Mail of so long ago counts as growth.
LATELY = timedelta(minutes=15)


class IncidentItem(BaseModel):
    """Mails of one mailbox about one matter, as a list shows them."""

    id: int
    mailbox: str
    title: str = Field(description="subject of the mail that is most like all others; may be empty")
    count: int = Field(description="how many mails, handled ones too")
    unhandled: int
    critical: int = Field(description="of the unhandled ones, those in the band critical")
    growth: int = Field(description="mails received in the last 15 minutes")
    first_at: datetime
    last_at: datetime
    words: list[str] = Field(description="that the mails share and others do not, most telling first")
    closed_at: datetime | None = Field(description="when all were closed at once, unless that was undone")
    snoozed_until: datetime | None = Field(description="until when all are put off together; `null` once that is over")


def incident_item(overview: Overview, now: datetime) -> IncidentItem:
    """Return an incident as it looks from outside."""
    item = IncidentItem(**asdict(overview))
    if item.snoozed_until is not None and item.snoozed_until <= now:
        item.snoozed_until = None
    return item


def items_by_id(session: Session, ids: Sequence[int], now: datetime) -> dict[int, IncidentItem]:
    """Return incidents as they look from outside, by number."""
    found = overviews(session, ids, lately=now - LATELY)
    return {incident_id: incident_item(overview, now) for incident_id, overview in found.items()}
