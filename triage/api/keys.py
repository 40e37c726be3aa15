"""Routes to keys: which there are, a new one, and the end of one."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from triage.access import Grant
from triage.actor import actor
from triage.api.access import ADMIN_OF_ALL
from triage.api.bodies import BoundedRoute
from triage.api.doorman import Doorman
from triage.api.key_schemas import KeyItem, KeyList, KeyOrder, NewKeyItem, key_item, key_list
from triage.api.services import NowDep, Services, ServicesDep
from triage.keys import create, revoke
from triage.storage import keys

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=BoundedRoute)

KeyId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("", dependencies=[ADMIN_OF_ALL])
def list_keys(services: ServicesDep) -> KeyList:
    """List the keys, revoked ones among them, newest first."""
    with services.database.reading() as session:
        return key_list(keys.all_keys(session))


@router.post("", status_code=201, dependencies=[ADMIN_OF_ALL])
def create_key(order: KeyOrder, services: ServicesDep, now: NowDep, response: Response) -> NewKeyItem:
    """Make a key. It is in this answer and nowhere else: what is stored is a digest."""
    made = made_key(services, order, now)
    response.headers["Cache-Control"] = "no-store"
    return made


@router.delete("/{key_id}", dependencies=[ADMIN_OF_ALL])
def revoke_key(key_id: KeyId, services: ServicesDep, now: NowDep, request: Request) -> KeyItem:
    """Make a key good for nothing: here at once, in other web processes within seconds. It stays on the list."""
    with services.database.unit_of_work() as session:
        item = key_item(revoke(session, key_id, author=actor(), now=now))
    doorman: Doorman = request.app.state.doorman
    doorman.forget()
    return item


def made_key(services: Services, order: KeyOrder, now: datetime) -> NewKeyItem:
    """Make a key as it was ordered; return it with its secret.

    Raises:
        InvalidKeyOrder: It could be used for nothing.
    """
    with services.database.unit_of_work() as session:
        grant = Grant(order.name, order.granted, order.mailboxes, order.expires_at)
        made = create(session, grant, author=actor(), now=now)
        item = key_item(keys.key_by_id(session, made.id))
    return NewKeyItem(**item.model_dump(), key=made.secret)
