"""What was set aside, as it looks from outside, and how a client says which of it is meant."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from triage.api.image_schemas import ImageItem, image_item
from triage.api.schemas import EmailItem, email_item
from triage.mail.json_mail import PRINTABLE
from triage.ranking import Policies
from triage.storage import emails, failures, images
from triage.storage.failures import FailedFilter, FailedGroup, SetAside
from triage.storage.inbox import inbox_rows_by_id

MOST_AT_ONCE = 1000


def _storable(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("in UTC it is not between the years 1 and 9999") from error


Moment = Annotated[AwareDatetime, AfterValidator(_storable)]
Name = Annotated[str, Field(max_length=200, pattern=PRINTABLE)]
Words = Annotated[str, Field(max_length=500, pattern=PRINTABLE)]


class FailedChoice(BaseModel):
    """Which of what was set aside is meant; each field narrows it."""

    model_config = ConfigDict(extra="forbid")

    of: SetAside = Field(SetAside.EMAILS, description="whether emails or images are meant")
    mailbox: Name | None = None
    stage: Name | None = Field(
        None, description="where it failed; `read` is the text model's, `recognize` the image model's"
    )
    error: Words | None = Field(None, description="found in the words of the cause, in any case")
    since: Moment | None = Field(None, description="set aside at this time or later, with a time zone")
    until: Moment | None = Field(None, description="set aside before this time, with a time zone")

    def as_filter(self) -> FailedFilter:
        """Return it as storage understands it."""
        return FailedFilter(
            mailbox=self.mailbox, stage=self.stage, error=self.error, since=self.since, until=self.until, of=self.of
        )


class FailedOrder(BaseModel):
    """What is to be tried again or discarded: `ids`, or a `filter`, or `all`; of emails, unless `of` says images."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = Field(None, min_length=1, max_length=MOST_AT_ONCE)
    filter: FailedChoice | None = None
    all: Literal[True] | None = None
    of: SetAside = Field(SetAside.EMAILS, description="whether emails or images are meant; a filter says so itself")
    limit: int = Field(MOST_AT_ONCE, ge=1, le=MOST_AT_ONCE, description="most to move with this request")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if [self.ids, self.filter, self.all].count(None) != 2:
            raise ValueError("say which: give one of ids, filter and all")
        if self.filter is not None and self.filter == FailedChoice(of=self.filter.of):
            raise ValueError("an empty filter is everything; if that is meant, say all")
        return self

    def as_filter(self) -> FailedFilter:
        """Return it as storage understands it."""
        return FailedFilter(ids=self.ids, of=self.of) if self.filter is None else self.filter.as_filter()


class FailedGroupItem(BaseModel):
    """What the same cause set aside at the same stage."""

    stage: str
    error: str
    count: int
    first_failed_at: datetime | None
    last_failed_at: datetime | None
    ids: list[int] = Field(description="the oldest few of them")


class FailedPage(BaseModel):
    """What was set aside: how much, by cause, and a page of the emails or images in the order of ids.

    `count` and `groups` are on the first page and `null` on those that follow.
    """

    count: int | None
    groups: list[FailedGroupItem] | None
    items: list[EmailItem] | list[ImageItem]
    next_cursor: str | None


class Retried(BaseModel):
    """What a retry did."""

    retried: int
    not_set_aside: list[int] = Field(description="of the ids given, those that were not set aside (any more)")
    remaining: int = Field(description="what is meant and still set aside; ask again for more")


class Discarded(BaseModel):
    """What discarding did."""

    discarded: int
    not_set_aside: list[int] = Field(description="of the ids given, those that were not set aside (any more)")
    remaining: int = Field(description="what is meant and still set aside; ask again for more")


def failed_listing(
    session: Session,
    wanted: FailedFilter,
    policy: Policies,
    now: datetime,
    *,
    after: int | None = None,
    limit: int,
) -> FailedPage:
    """Return a page of what was set aside, the first or that after an id, as the API and `--json` give it."""
    ids = failures.failed_ids(session, wanted, after=after or 0, limit=limit + 1)
    shown = ids[:limit]
    groups = failures.failed_groups(session, wanted) if after is None else None
    return FailedPage(
        count=failures.count_failed(session, wanted) if after is None else None,
        groups=None if groups is None else [_group_item(group) for group in groups],
        items=_images(session, shown) if wanted.of is SetAside.IMAGES else _emails(session, shown, policy, now),
        next_cursor=str(shown[-1]) if shown and len(ids) > limit else None,
    )


def _emails(session: Session, email_ids: Sequence[int], policy: Policies, now: datetime) -> list[EmailItem]:
    rows, attachments = inbox_rows_by_id(session, email_ids), emails.attachments_of(session, email_ids)
    return [email_item(rows[one], attachments[one], policy, now) for one in email_ids if one in rows]


def _images(session: Session, image_ids: Sequence[int]) -> list[ImageItem]:
    return [image_item(row) for row in images.image_rows(session, image_ids)]


def _group_item(group: FailedGroup) -> FailedGroupItem:
    return FailedGroupItem(
        stage=group.stage,
        error=group.error,
        count=group.count,
        first_failed_at=group.first_failed_at,
        last_failed_at=group.last_failed_at,
        ids=list(group.ids),
    )
