"""What people said of an email, as it looks from outside, and how a client says it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from triage.feedback import Bulk
from triage.labels import LONGEST_AUTHOR, Band, Sentiment, Urgency
from triage.mail.json_mail import PRINTABLE
from triage.ranking import Statement
from triage.storage.inbox import MOST_WORDS, InboxFilter
from triage.storage.labels import in_force
from triage.storage.tables import Label

MOST_AT_ONCE = 1000
BY_API = "api"

State = Literal["queued", "read", "failed", "handled", "snoozed"]
TopicText = Annotated[str, Field(min_length=1, max_length=200)]
Author = Annotated[str, Field(min_length=1, max_length=LONGEST_AUTHOR, pattern=PRINTABLE)]


class SaidItem(BaseModel):
    """What somebody said of an email; a head that is `null` was not spoken of."""

    id: int
    email_id: int
    topic: str | None
    sentiment: str | None
    urgency: str | None
    action_required: bool | None
    source: str = Field(description="human, rule, import or client")
    author: str
    said_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None


class LabelItem(SaidItem):
    """A label of an email, beside the others of that email."""

    in_force: list[str] = Field(description="the heads for which this label is the one that counts")


class LabelHistory(BaseModel):
    """All labels of an email, newest first."""

    items: list[LabelItem]


class LabelOrder(BaseModel):
    """What to say of an email: at least one head."""

    model_config = ConfigDict(extra="forbid")

    topic: TopicText | None = Field(None, description="one of the mailbox's topics, in any case")
    sentiment: Sentiment | None = None
    urgency: Urgency | None = None
    action_required: StrictBool | None = None
    author: Author = Field(BY_API, description="who says so, as the caller knows them")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.statement.heads:
            raise ValueError("the label says nothing; give topic, sentiment, urgency or action_required")
        return self

    @property
    def statement(self) -> Statement:
        """What is said."""
        return Statement(self.topic, self.sentiment, self.urgency, self.action_required)


class LabelFilter(BaseModel):
    """Which emails are meant, as the inbox filters them; each field narrows it."""

    model_config = ConfigDict(extra="forbid")

    mailbox: Annotated[str, Field(max_length=200, pattern=PRINTABLE)] | None = None
    topic: Annotated[str, Field(max_length=100, pattern=PRINTABLE)] | None = None
    band: Band | None = None
    state: State | None = None
    q: Annotated[str, Field(max_length=500, pattern=PRINTABLE)] | None = Field(
        None, description="words in subject, sender or snippet"
    )

    def as_filter(self) -> InboxFilter:
        """Return it as storage understands it."""
        words = tuple((self.q or "").split()[:MOST_WORDS])
        return InboxFilter(self.mailbox, self.topic, self.band, self.state, words)


class Many(BaseModel):
    """Emails named by `ids`, or those that a `filter` lets pass."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = Field(None, min_length=1, max_length=MOST_AT_ONCE)
    filter: LabelFilter | None = None
    limit: int = Field(MOST_AT_ONCE, ge=1, le=MOST_AT_ONCE, description="most of a filter to change with this request")
    cursor: int = Field(0, ge=0, le=2**63 - 1, description="`next_cursor` of the request before")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("say which: give ids or a filter")
        wanted = None if self.filter is None else self.filter.as_filter()
        if wanted == InboxFilter():
            raise ValueError("an empty filter is all mail; narrow it")
        return self

    @property
    def wanted(self) -> list[int] | InboxFilter:
        """The emails that are meant, as use cases take them."""
        return self.filter.as_filter() if self.filter is not None else self.ids or []


class BulkLabelOrder(LabelOrder, Many):
    """What to say of many emails: `ids`, or a `filter`."""


class Moved(BaseModel):
    """What marking many as done, or reopening them, did."""

    changed: list[int] = Field(description="the emails that this moved")
    not_found: list[int] = Field(description="of the ids given, those that are not stored")
    next_cursor: int | None = Field(description="ask again with this for those that a filter lets pass besides")


class BulkLabelled(BaseModel):
    """What labelling many did."""

    labelled: int
    known: int = Field(description="of them the same was said already")
    not_found: list[int] = Field(description="of the ids given, those that are not stored")
    next_cursor: int | None = Field(description="ask again with this for those that a filter lets pass besides")
    label_ids: list[int] = Field(description="the labels that are new; withdraw these to undo it")


class WithdrawOrder(BaseModel):
    """Which labels to withdraw."""

    model_config = ConfigDict(extra="forbid")

    label_ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(min_length=1, max_length=MOST_AT_ONCE)
    author: Author = Field(BY_API, description="who withdraws them")


class Withdrawn(BaseModel):
    """What withdrawing many did."""

    withdrawn: int = Field(description="labels that stood until now")


def said_item(label: Label) -> SaidItem:
    """Return a label as it looks from outside."""
    return SaidItem(**_columns(label))


def label_items(labels: Sequence[Label]) -> list[LabelItem]:
    """Return labels of one email as they look from outside, in their order."""
    counts = in_force(label for label in labels if label.withdrawn_at is None)
    by_head = {} if counts is None else counts.by_head
    return [
        LabelItem(**_columns(label), in_force=[head for head, counting in by_head.items() if counting is label])
        for label in labels
    ]


def _columns(label: Label) -> dict[str, Any]:
    return {name: getattr(label, name) for name in SaidItem.model_fields}


def bulk_labelled(done: Bulk) -> BulkLabelled:
    """Return what labelling many did as it looks from outside."""
    return BulkLabelled(
        labelled=done.labelled,
        known=done.known,
        not_found=list(done.not_found),
        next_cursor=done.last_id,
        label_ids=list(done.label_ids),
    )
