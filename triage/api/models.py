"""Routes to the models of a mailbox: which there are, which one reads, and which one reads beside it."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Body, Path
from fastapi.responses import PlainTextResponse

from triage import registry
from triage.api.access import READ, TRAIN
from triage.api.bodies import BoundedRoute
from triage.api.model_schemas import ModelList, ModelOrder, model_card, model_list, version_named
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.submissions import MailboxQuery
from triage.errors import QueueUnavailable
from triage.mail.json_mail import PRINTABLE
from triage.storage.mailboxes import require_mailbox

router = APIRouter(prefix="/v1/models", tags=["models"], route_class=BoundedRoute)

VersionPath = Annotated[
    str, Path(min_length=1, max_length=100, pattern=PRINTABLE, description="a version, or `shipped`")
]
OrderBody = Annotated[ModelOrder, Body()]
NO_ORDER = ModelOrder()


class MarkdownResponse(PlainTextResponse):
    """Text in Markdown."""

    media_type = "text/markdown"


@router.get("", dependencies=[READ])
def list_models(services: ServicesDep, mailbox: MailboxQuery = None) -> ModelList:
    """List the versions of a mailbox, which one it is read with, and how far its mail is read again with that."""
    return model_list(services, mailbox)


@router.post("/rollback", dependencies=[TRAIN])
def roll_back(
    services: ServicesDep, now: NowDep, order: OrderBody = NO_ORDER, mailbox: MailboxQuery = None
) -> ModelList:
    """Return to the version that was active before; a second time, to the one before that. 409 when there is none."""
    name = _named(services, order, mailbox)
    with services.database.unit_of_work() as session:
        registry.roll_back(session, require_mailbox(session, name), author=order.author, now=now)
    return _changed(services, name)


@router.get("/{version}/card", response_class=MarkdownResponse, dependencies=[READ])
def read_card(version: VersionPath, services: ServicesDep, mailbox: MailboxQuery = None) -> MarkdownResponse:
    """Return the model card of a version as Markdown. 409 when its bundle was dropped."""
    return MarkdownResponse(model_card(services, mailbox, version), headers={"X-Content-Type-Options": "nosniff"})


@router.post("/{version}/activate", dependencies=[TRAIN])
def activate(
    version: VersionPath,
    services: ServicesDep,
    now: NowDep,
    order: OrderBody = NO_ORDER,
    mailbox: MailboxQuery = None,
) -> ModelList:
    """Read the mailbox with a version from now on, and read again with it what is labelled or not handled yet.

    409 when its bundle was dropped or this release cannot read with it; nothing changes then.
    """
    name, wanted = _named(services, order, mailbox), version_named(services, version)
    with services.database.unit_of_work() as session:
        known = require_mailbox(session, name)
        registry.activate(session, known, wanted, author=order.author, reason=order.reason, now=now)
    return _changed(services, name)


@router.post("/{version}/shadow", dependencies=[TRAIN])
def begin_shadow(
    version: VersionPath,
    services: ServicesDep,
    now: NowDep,
    order: OrderBody = NO_ORDER,
    mailbox: MailboxQuery = None,
) -> ModelList:
    """Let a version read new mail beside the active one, in place of any that does, and count where they differ."""
    name = _named(services, order, mailbox)
    with services.database.unit_of_work() as session:
        registry.begin_shadow(session, require_mailbox(session, name), version, now=now)
    return model_list(services, name)


@router.post("/shadow/stop", dependencies=[TRAIN])
def end_shadow(
    services: ServicesDep, now: NowDep, order: OrderBody = NO_ORDER, mailbox: MailboxQuery = None
) -> ModelList:
    """Let no version read beside the active one any more; what was counted stays. Safe to repeat."""
    name = _named(services, order, mailbox)
    with services.database.unit_of_work() as session:
        registry.end_shadow(session, require_mailbox(session, name), now=now)
    return model_list(services, name)


def _named(services: Services, order: ModelOrder, mailbox: str | None) -> str:
    return order.mailbox or mailbox or services.settings.default_mailbox


def _changed(services: Services, name: str) -> ModelList:
    with suppress(QueueUnavailable):  # beat begins it once Redis is back
        services.reading_again.begin()
    return model_list(services, name)
