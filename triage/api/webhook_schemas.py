"""Webhooks as they look from outside; the API and `--json` on the command line give the same."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from triage.mail.json_mail import PRINTABLE
from triage.outbox import Event
from triage.webhooks.target import LONGEST_URL


class WebhookItem(BaseModel):
    """A webhook and how it goes with it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    url: str
    events: list[Event]
    mailbox: str | None = Field(description="the one it is told of; `null` for all")
    created_at: datetime
    disabled_at: datetime | None = Field(description="since when it is told nothing more")
    problem: str = Field(description="one sentence; empty while all is well")
    failing_since: datetime | None = Field(description="when the first of several tries in a row failed")
    waiting: int = Field(description="events that are to be sent, for the first time or again")
    delivered: int = Field(description="events that were taken, of the last seven days")
    failed: int = Field(description="events that were given up, of the last thirty days")


class WebhookSecret(BaseModel):
    """What the receiver verifies signatures with."""

    secret: str = Field(description="shown this once; begins with `whsec_`")


class AddedWebhook(WebhookItem, WebhookSecret):
    """A webhook that was added, with its secret."""


class WebhookList(BaseModel):
    """Every webhook, in the order of numbers."""

    items: list[WebhookItem]


class NewWebhook(BaseModel):
    """A webhook to be added."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL, description="begins with https://")]
    events: Annotated[list[Event], Field(min_length=1, max_length=20)]
    mailbox: Annotated[str | None, Field(min_length=1, max_length=200, pattern=PRINTABLE)] = None


class DeliveryItem(BaseModel):
    """An event for a webhook: to be sent, taken, or given up."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    message_id: str = Field(description="the header `webhook-id`, the same for every try")
    event: str
    subject: str = Field(description="what it tells of; events about the same are sent in order")
    state: Literal["waiting", "delivered", "failed"]
    created_at: datetime
    due_at: datetime = Field(description="when it is sent next, while it waits")
    attempts: int
    tried_at: datetime | None
    answer: int | None = Field(description="HTTP status of the last try; `null` where there was no answer")
    error: str
    body: str = Field(description="as it is sent")


class DeliveryList(BaseModel):
    """Events for a webhook, newest first."""

    items: list[DeliveryItem]


class Replayed(BaseModel):
    """How many events are sent again."""

    replayed: int


class Waiting(BaseModel):
    """An event that waits to be sent."""

    delivery: int
