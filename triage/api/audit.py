"""The route to the trail of who or what changed what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from triage.api.access import ADMIN_OF_ALL
from triage.api.services import ServicesDep
from triage.mail.json_mail import PRINTABLE
from triage.storage.audit import AuditFilter, entries

router = APIRouter(prefix="/v1/audit", tags=["audit"])

Words = Annotated[str | None, Query(min_length=1, max_length=250, pattern=PRINTABLE)]


class AuditItem(BaseModel):
    """One change. No text of mail is in it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str = Field(description="who or what: `cli:USER`, `api`, `web`, a key's name, `account:NAME`, `system:TASK`")
    action: str = Field(description="what was done, as in `model.activated`")
    mailbox: str | None
    subject: str = Field(description="to what, as in `email 41`; empty where it is many, which the details name")
    model_version: str | None
    policy_version: str | None
    details: dict[str, Any]


class AuditList(BaseModel):
    """Changes, newest first."""

    items: list[AuditItem]
    next_before: int | None = Field(description="`before` for the next page; `null` when there is no more")


@router.get("", dependencies=[ADMIN_OF_ALL])
def list_audit(
    services: ServicesDep,
    actor: Words = None,
    action: Words = None,
    mailbox: Words = None,
    subject: Words = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query()] = None,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="only entries with a lower id")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditList:
    """List who or what changed what, newest first."""
    wanted = AuditFilter(actor, action, mailbox, subject, since, until, before=before)
    with services.database.reading() as session:
        found = [AuditItem.model_validate(one) for one in entries(session, wanted, limit=limit)]
    return AuditList(items=found, next_before=found[-1].id if len(found) == limit else None)
