"""Routes to webhooks: where they are, what was sent, and sending it again."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime

from triage.api.access import ADMIN_OF_ALL
from triage.api.bodies import BoundedRoute
from triage.api.services import ServicesDep
from triage.api.webhook_schemas import (
    AddedWebhook,
    DeliveryItem,
    DeliveryList,
    NewWebhook,
    Replayed,
    Waiting,
    WebhookItem,
    WebhookList,
    WebhookSecret,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=BoundedRoute)

WebhookId = Annotated[int, Path(ge=1, le=2**63 - 1)]
DeliveryId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("", dependencies=[ADMIN_OF_ALL])
def list_webhooks(services: ServicesDep) -> WebhookList:
    """List every webhook and how it goes with it."""
    return WebhookList(items=[WebhookItem.model_validate(one) for one in services.webhooks.all()])


@router.post("", status_code=201, dependencies=[ADMIN_OF_ALL])
def add_webhook(new: NewWebhook, services: ServicesDep, response: Response) -> AddedWebhook:
    """Add a webhook; the answer holds its secret, which is shown this once."""
    added, secret = services.webhooks.add(new.url, new.events, new.mailbox)
    response.headers["Location"] = f"/v1/webhooks/{added.id}"
    response.headers["Cache-Control"] = "no-store"
    return AddedWebhook(**WebhookItem.model_validate(added).model_dump(), secret=secret)


@router.get("/{webhook_id}", dependencies=[ADMIN_OF_ALL])
def read_webhook(webhook_id: WebhookId, services: ServicesDep) -> WebhookItem:
    """Return one webhook and how it goes with it."""
    return WebhookItem.model_validate(services.webhooks.one(webhook_id))


@router.delete("/{webhook_id}", status_code=204, dependencies=[ADMIN_OF_ALL])
def remove_webhook(webhook_id: WebhookId, services: ServicesDep) -> None:
    """Forget a webhook with all that waits for it."""
    services.webhooks.remove(webhook_id)


@router.post("/{webhook_id}/enable", dependencies=[ADMIN_OF_ALL])
def enable_webhook(webhook_id: WebhookId, services: ServicesDep) -> WebhookItem:
    """Tell a webhook again, of what waited and what happens from now on."""
    return WebhookItem.model_validate(services.webhooks.enable(webhook_id))


@router.post("/{webhook_id}/disable", dependencies=[ADMIN_OF_ALL])
def disable_webhook(webhook_id: WebhookId, services: ServicesDep) -> WebhookItem:
    """Tell a webhook nothing more. What waits stays; what happens meanwhile it never hears of."""
    return WebhookItem.model_validate(services.webhooks.disable(webhook_id))


@router.post("/{webhook_id}/secret", dependencies=[ADMIN_OF_ALL])
def give_webhook_secret(webhook_id: WebhookId, services: ServicesDep, response: Response) -> WebhookSecret:
    """Give a webhook another secret. For a day the one before signs as well."""
    response.headers["Cache-Control"] = "no-store"
    return WebhookSecret(secret=services.webhooks.give_secret(webhook_id))


@router.post("/{webhook_id}/test", status_code=202, dependencies=[ADMIN_OF_ALL])
def try_webhook(webhook_id: WebhookId, services: ServicesDep) -> Waiting:
    """Send an event `webhook.test`, which tells of nothing; its delivery says what came of it."""
    return Waiting(delivery=services.webhooks.try_out(webhook_id))


@router.get("/{webhook_id}/deliveries", dependencies=[ADMIN_OF_ALL])
def list_deliveries(
    webhook_id: WebhookId,
    services: ServicesDep,
    state: Annotated[Literal["waiting", "delivered", "failed"] | None, Query()] = None,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="only those with a lower id")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryList:
    """List what was sent to a webhook and what waits, newest first."""
    found = services.webhooks.log(webhook_id, state=state, before=before, limit=limit)
    return DeliveryList(items=[DeliveryItem.model_validate(one) for one in found])


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202, dependencies=[ADMIN_OF_ALL])
def replay_delivery(webhook_id: WebhookId, delivery_id: DeliveryId, services: ServicesDep) -> DeliveryItem:
    """Send one event again, under the same `webhook-id`."""
    return DeliveryItem.model_validate(services.webhooks.replay(webhook_id, delivery_id))


@router.post("/{webhook_id}/replay", status_code=202, dependencies=[ADMIN_OF_ALL])
def replay_failed(
    webhook_id: WebhookId,
    services: ServicesDep,
    since: Annotated[AwareDatetime | None, Query(description="only what happened since then")] = None,
) -> Replayed:
    """Send all events again that were given up."""
    moment: datetime | None = since
    return Replayed(replayed=services.webhooks.replay_failed(webhook_id, moment))
