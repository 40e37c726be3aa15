"""Routes to how long mail is kept, and to all mail with one person."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from triage import correspondents, retention
from triage.api.access import ADMIN, READ
from triage.api.bodies import BoundedRoute
from triage.api.label_schemas import Author
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.submissions import MailboxQuery
from triage.api.topics import MailboxPath

router = APIRouter(prefix="/v1", tags=["privacy"], route_class=BoundedRoute)

MOST_DELETED = 1000
Address = Annotated[str, Path(min_length=3, max_length=correspondents.LONGEST_ADDRESS)]
Days = Annotated[int | None, Field(ge=0, le=36500, description="0 is for ever, `null` as by default")]


class RetentionItem(BaseModel):
    """For how many days a mailbox keeps the bytes, the text and all of its mail; 0 is for ever."""

    mailbox: str
    raw_days: int
    text_days: int
    all_days: int
    own: list[str] = Field(description="those that were set for it and are no default")


class RetentionPage(BaseModel):
    """Every mailbox, by name."""

    items: list[RetentionItem]


class RetentionOrder(BaseModel):
    """What to set; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    raw_days: Days = None
    text_days: Days = None
    all_days: Days = None
    author: Author = "api"


class CorrespondentPage(BaseModel):
    """Emails from or to an address, by id; their bytes are at `/v1/emails/{id}/raw`."""

    items: list[dict[str, Any]]
    next_cursor: int | None


class Deleted(BaseModel):
    """How many emails went; where `is_left`, ask again for more."""

    deleted: int
    is_left: bool


@router.get("/retention", dependencies=[READ])
def read_retention(services: ServicesDep) -> RetentionPage:
    """Return for how long each mailbox keeps mail."""
    return RetentionPage(items=_items(services))


@router.put("/mailboxes/{mailbox:path}/retention", dependencies=[ADMIN])
def set_retention(mailbox: MailboxPath, order: RetentionOrder, services: ServicesDep, now: NowDep) -> RetentionItem:
    """Set for how long a mailbox keeps mail; what is older goes within ten minutes, and for good."""
    days = {
        name.removesuffix("_days"): getattr(order, name) for name in order.model_fields_set if name.endswith("_days")
    }
    with services.database.unit_of_work() as session:
        retention.keep(session, mailbox, days, order.author, now)
    return next(item for item in _items(services) if item.mailbox == mailbox)


@router.get("/correspondents/{address}", dependencies=[ADMIN])
def read_correspondent(
    address: Address,
    services: ServicesDep,
    mailbox: MailboxQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> CorrespondentPage:
    """Return all that is kept of the mail with one person, bytes apart."""
    with services.database.reading() as session:
        ids = correspondents.emails_with(session, address, mailbox=mailbox, after=cursor, limit=limit)
        items = correspondents.described(session, ids, with_bytes=False)
    return CorrespondentPage(items=items, next_cursor=ids[-1] if len(ids) == limit else None)


@router.delete("/correspondents/{address}", dependencies=[ADMIN])
def delete_correspondent(address: Address, services: ServicesDep, now: NowDep, mailbox: MailboxQuery = None) -> Deleted:
    """Remove mail with one person for good, at most 1,000 emails at once; the same mail is never taken in again."""
    gone = correspondents.delete(services.database, address, now, mailbox=mailbox, most=MOST_DELETED)
    return Deleted(deleted=gone, is_left=gone == MOST_DELETED)


def _items(services: Services) -> list[RetentionItem]:
    told = services.settings
    default = retention.Periods(told.keep_raw_days, told.keep_text_days, told.keep_mail_days)
    with services.database.reading() as session:
        return [
            RetentionItem(
                mailbox=one.mailbox,
                raw_days=one.periods.raw,
                text_days=one.periods.text,
                all_days=one.periods.all,
                own=[what for what, days in one.own.items() if days is not None],
            )
            for one in retention.kept_by_mailbox(session, default)
        ]
