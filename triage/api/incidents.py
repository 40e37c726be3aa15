"""Routes to incidents: one matter, one row, handled at once."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from triage.api.access import LABEL, READ
from triage.api.bodies import BoundedRoute
from triage.api.emails import SnoozeOrder
from triage.api.incident_schemas import IncidentItem, items_by_id
from triage.api.label_schemas import BY_API, Author, LabelOrder
from triage.api.schemas import EmailItem, email_item
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.submissions import MailboxQuery
from triage.incidents.putting_off import snooze_all, wake_all
from triage.incidents.together import close_all, label_all, reopen_all, withdraw_all
from triage.storage import emails, incidents
from triage.storage.inbox import inbox_rows_by_id
from triage.storage.mailboxes import require_mailbox

router = APIRouter(prefix="/v1/incidents", tags=["incidents"], route_class=BoundedRoute)

IncidentId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class IncidentList(BaseModel):
    """Incidents, those that grew last first."""

    items: list[IncidentItem]


class IncidentDetail(IncidentItem):
    """An incident with its mails, most pressing first."""

    emails: list[EmailItem]


class IncidentChange(IncidentItem):
    """An incident after something was done to all of its mails."""

    changed: int = Field(description="how many mails it changed something for")


@router.get("", dependencies=[READ])
def list_incidents(
    services: ServicesDep,
    now: NowDep,
    mailbox: MailboxQuery = None,
    state: Annotated[
        Literal["open", "closed"] | None, Query(description="open: somebody has yet to handle a mail")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> IncidentList:
    """List incidents, those that grew last first."""
    with services.database.reading() as session:
        mailbox_id = None if mailbox is None else require_mailbox(session, mailbox)
        is_open = None if state is None else state == "open"
        ids = incidents.incident_ids(session, mailbox_id, is_open=is_open, limit=limit)
        found = items_by_id(session, ids, now)
    return IncidentList(items=[found[one] for one in ids])


@router.get("/{incident_id}", dependencies=[READ])
def read_incident(
    incident_id: IncidentId,
    services: ServicesDep,
    now: NowDep,
    limit: Annotated[int, Query(ge=1, le=200, description="most mails to list")] = 50,
    after: Annotated[
        int | None, Query(ge=1, le=2**63 - 1, description="id of the last mail of the page before")
    ] = None,
) -> IncidentDetail:
    """Return an incident with its mails, most pressing first; one that was merged into another is that one."""
    with services.database.reading() as session:
        incident = incidents.incident_by_id(session, incident_id)
        last = None if after is None else emails.email_by_id(session, after)
        ids = incidents.members(
            session, incident.id, limit=limit, after=None if last is None else (last.rank_at, last.id)
        )
        rows, attachments = inbox_rows_by_id(session, ids), emails.attachments_of(session, ids)
        items = [email_item(rows[one], attachments[one], services.policy, now) for one in ids if one in rows]
        item = items_by_id(session, [incident.id], now)[incident.id]
    return IncidentDetail(**item.model_dump(), emails=items)


@router.post("/{incident_id}/close", dependencies=[LABEL])
def close_incident(incident_id: IncidentId, services: ServicesDep, now: NowDep) -> IncidentChange:
    """Take all mails of an incident off the inbox that nobody has handled. Mail that joins it later is listed again."""
    changed = close_all(services.database, incident_id, now)
    return _changed(services, incident_id, changed, now)


@router.post("/{incident_id}/reopen", dependencies=[LABEL])
def reopen_incident(incident_id: IncidentId, services: ServicesDep, now: NowDep) -> IncidentChange:
    """Undo the closing: mails handled since come back; those that somebody had done before stay done."""
    changed = reopen_all(services.database, incident_id)
    return _changed(services, incident_id, changed, now)


@router.post("/{incident_id}/snooze", dependencies=[LABEL])
def snooze_incident(incident_id: IncidentId, order: SnoozeOrder, services: ServicesDep, now: NowDep) -> IncidentChange:
    """Put all open mails of an incident off. Mail that joins it is put off too, unless it is the first critical one."""
    changed = snooze_all(services.database, incident_id, order.until, now)
    return _changed(services, incident_id, changed, now)


@router.delete("/{incident_id}/snooze", dependencies=[LABEL])
def wake_incident(incident_id: IncidentId, services: ServicesDep, now: NowDep) -> IncidentChange:
    """Undo it: the mails that were put off together come back; what was put off by itself stays so."""
    changed = wake_all(services.database, incident_id)
    return _changed(services, incident_id, changed, now)


@router.post("/{incident_id}/labels", dependencies=[LABEL])
def label_incident(incident_id: IncidentId, order: LabelOrder, services: ServicesDep, now: NowDep) -> IncidentChange:
    """Say the same of all mails of an incident."""
    changed = label_all(
        services.database, incident_id, order.statement, author=order.author, now=now, policy=services.policy
    )
    services.learning.make()
    return _changed(services, incident_id, changed, now)


@router.delete("/{incident_id}/labels", dependencies=[LABEL])
def withdraw_incident_labels(
    incident_id: IncidentId,
    services: ServicesDep,
    now: NowDep,
    author: Annotated[Author, Query(description="who withdraws it")] = BY_API,
) -> IncidentChange:
    """Undo the last labelling of all mails of an incident; what was said of single mails stays."""
    changed = withdraw_all(services.database, incident_id, author=author, now=now, policy=services.policy)
    services.learning.make()
    return _changed(services, incident_id, changed, now)


def _changed(services: Services, incident_id: int, changed: int, now: datetime) -> IncidentChange:
    with services.database.reading() as session:
        kept = incidents.incident_by_id(session, incident_id).id
        return IncidentChange(**items_by_id(session, [kept], now)[kept].model_dump(), changed=changed)
