"""Routes to the topics of a mailbox."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from triage.api.access import READ, TRAIN
from triage.api.bodies import BoundedRoute
from triage.api.label_schemas import TopicText
from triage.api.services import NowDep, Services, ServicesDep
from triage.feedback import add_topics, retire_topic, topic_list
from triage.mail.json_mail import PRINTABLE

# `path`: the name of a mailbox may have slashes.
router = APIRouter(prefix="/v1/mailboxes/{mailbox:path}/topics", tags=["labels"], route_class=BoundedRoute)

MailboxPath = Annotated[str, Path(min_length=1, max_length=200, pattern=PRINTABLE)]
MOST_AT_ONCE = 1000


class TopicItem(BaseModel):
    """A topic of a mailbox."""

    name: str
    created_at: datetime | None = Field(description="`null` for one of the product's while the mailbox has no own list")
    retired_at: datetime | None = Field(description="since then nobody labels mail with it")
    labelled: int = Field(description="emails that have it by a label in force")


class TopicPage(BaseModel):
    """The topics of a mailbox, retired ones among them."""

    items: list[TopicItem]


class NewTopics(BaseModel):
    """Topics to add: text that can be shown, at most 100 characters each."""

    model_config = ConfigDict(extra="forbid")

    names: list[TopicText] = Field(min_length=1, max_length=MOST_AT_ONCE)


class OldTopic(BaseModel):
    """A topic to retire."""

    model_config = ConfigDict(extra="forbid")

    name: TopicText


@router.get("", dependencies=[READ])
def list_topics(mailbox: MailboxPath, services: ServicesDep) -> TopicPage:
    """List the topics of a mailbox; until it changes them, they are the product's nine."""
    return _page(services, mailbox)


@router.post("", dependencies=[TRAIN])
def add(mailbox: MailboxPath, new: NewTopics, services: ServicesDep, now: NowDep) -> TopicPage:
    """Add topics; one that is there in any spelling stays, a retired one comes back. Makes the mailbox if it is new."""
    with services.database.unit_of_work() as session:
        add_topics(session, mailbox, new.names, now)
    return _page(services, mailbox)


@router.post("/retire", dependencies=[TRAIN])
def retire(mailbox: MailboxPath, old: OldTopic, services: ServicesDep, now: NowDep) -> TopicPage:
    """Let nobody label mail with a topic any more; mail that was keeps it."""
    with services.database.unit_of_work() as session:
        retire_topic(session, mailbox, old.name, now)
    return _page(services, mailbox)


def _page(services: Services, mailbox: str) -> TopicPage:
    with services.database.reading() as session:
        found = topic_list(session, mailbox)
    items = [
        TopicItem(name=topic.name, created_at=topic.created_at, retired_at=topic.retired_at, labelled=count)
        for topic, count in found
    ]
    return TopicPage(items=items)
