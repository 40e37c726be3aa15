"""Routes that take many emails off the inbox at once, and put them back."""

from fastapi import APIRouter

from triage.api.access import LABEL
from triage.api.bodies import BoundedRoute
from triage.api.label_schemas import Many, Moved
from triage.api.services import NowDep, ServicesDep
from triage.feedback import Closed, close_many

router = APIRouter(prefix="/v1/emails", tags=["emails"], route_class=BoundedRoute)


@router.post("/done", dependencies=[LABEL])
def mark_many_done(order: Many, services: ServicesDep, now: NowDep) -> Moved:
    """Take emails off the inbox, named by `ids` or by a `filter`; one that is done already is passed over.

    A filter is followed in the order of ids: ask again with `next_cursor` until it is `null`.
    """
    return _moved(close_many(services.database, order.wanted, now, after=order.cursor, limit=order.limit))


@router.post("/reopen", dependencies=[LABEL])
def reopen_many(order: Many, services: ServicesDep) -> Moved:
    """Put emails back into the inbox, as `/v1/emails/done` takes them off."""
    return _moved(close_many(services.database, order.wanted, None, after=order.cursor, limit=order.limit))


def _moved(closed: Closed) -> Moved:
    return Moved(changed=list(closed.changed), not_found=list(closed.not_found), next_cursor=closed.last_id)
