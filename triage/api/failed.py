"""Routes to emails and images that were set aside. Their bytes are at `/v1/emails/{id}/raw`, as those of any email."""

from typing import Annotated

from fastapi import APIRouter, Query

from triage.api.bodies import BoundedRoute
from triage.api.failed_schemas import Discarded, FailedChoice, FailedOrder, FailedPage, Retried, failed_listing
from triage.api.services import NowDep, ServicesDep

router = APIRouter(prefix="/v1/failed", tags=["failed"], route_class=BoundedRoute)


class FailedQuery(FailedChoice):
    """Which page of what was set aside to list."""

    limit: int = Query(50, ge=1, le=200)
    cursor: int | None = Query(None, ge=1, le=2**63 - 1, description="`next_cursor` of the page before")


@router.get("")
def list_failed(services: ServicesDep, now: NowDep, asked: Annotated[FailedQuery, Query()]) -> FailedPage:
    """List what was set aside: groups of the same cause, largest first, and the emails, oldest id first."""
    with services.database.reading() as session:
        return failed_listing(session, asked.as_filter(), services.policy, now, after=asked.cursor, limit=asked.limit)


@router.post("/retry")
def retry_failed(services: ServicesDep, now: NowDep, order: FailedOrder) -> Retried:
    """Give emails fresh attempts, those with the lowest ids first.

    At most `limit` at once, and of a `filter` or `all` no more than may wait behind new mail: 503 while none may. Ask
    again until `remaining` is 0; what fails anew is set aside anew.
    """
    wanted = order.as_filter()
    retry = services.failures.retry if order.ids else services.failures.retry_where_room
    done = retry(wanted, now, limit=order.limit)
    others = services.failures.not_set_aside(order.ids or [], done, wanted.of)
    return Retried(retried=len(done), not_set_aside=others, remaining=services.failures.count(wanted))


@router.post("/discard")
def discard_failed(services: ServicesDep, now: NowDep, order: FailedOrder) -> Discarded:
    """Take emails that were set aside off the inbox and this list, at most `limit` at once; their bytes stay stored.

    `POST /v1/emails/{id}/reopen` puts one back.
    """
    wanted = order.as_filter()
    done = services.failures.discard(wanted, now, limit=order.limit)
    others = services.failures.not_set_aside(order.ids or [], done, wanted.of)
    return Discarded(discarded=len(done), not_set_aside=others, remaining=services.failures.count(wanted))
