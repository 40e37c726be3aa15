"""Alive, ready, and how things stand."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from triage import __version__
from triage.access import Access
from triage.api.access import EVERYBODY, READ, known_access
from triage.api.account_schemas import status_item
from triage.api.model_schemas import unfinished_rereading
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.standing import parts_of, summary
from triage.errors import ModelUnavailable, QueueUnavailable, TriageError
from triage.incidents.surge import rates, surges
from triage.queue.heartbeat import Heartbeat, living_workers, why_unread, why_unrecognized, why_untrained
from triage.queue.redis import require_room
from triage.queue.soundness import redis_warnings
from triage.storage import emails, images, trainings
from triage.storage.failures import count_failed_by_stage
from triage.storage.incidents import count_open
from triage.storage.schema import require_current
from triage.storage.waiting import waiting
from triage.trainings import waiting_topics
from triage.webhooks.webhooks import WebhookStatus

router = APIRouter(tags=["health"])


@router.get("/livez", dependencies=[EVERYBODY])
async def live() -> dict[str, str]:
    """Answer as long as the process does; nothing else is asked, and no thread that others may keep waiting."""
    return {"status": "alive"}


@router.get("/readyz", dependencies=[EVERYBODY])
def ready(services: ServicesDep) -> JSONResponse:
    """Say whether mail can be taken and shown: the database is migrated, Redis takes work.

    Whether workers read mail and recognise images is reported and decides nothing: without one, mail is still stored
    and listed in order of arrival, and a load balancer that turned every API away would make an outage of a delay.
    """
    needed = {
        "database": _problem(lambda: require_current(services.database.engine)),
        "redis": _problem(lambda: require_room(services.redis)),
    }
    checks = needed | {
        "workers": _problem(lambda: _require_reader(services)),
        "image_workers": _problem(lambda: _require_recognizer(services)),
    }
    is_ready = not any(needed.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        "checks": {name: why or "ok" for name, why in checks.items()},
    }
    return JSONResponse(body, 200 if is_ready else 503)


@router.get("/v1/status", dependencies=[READ])
def status(request: Request, services: ServicesDep, now: NowDep) -> dict[str, Any]:
    """Say how things stand, in words and figures that a person can read."""
    return status_of(services, now, hooks=told_of(known_access(request), services))


def told_of(access: Access | None, services: Services) -> Sequence[WebhookStatus]:
    """Return the webhooks that a request may know of: they are told of all mailboxes, so all or none."""
    return services.webhooks.all() if access is not None and access.sees_to_all else ()


def status_of(services: Services, now: datetime, *, hooks: Sequence[WebhookStatus] = ()) -> dict[str, Any]:
    """Return how things stand: figures, and `parts` that say it in sentences.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    with services.database.reading() as session:
        counts, failed_by_stage = emails.count_by_state(session), count_failed_by_stage(session)
        image_counts = images.count_by_state(session)
        learning: dict[str, Any] = {
            "trainings": trainings.count_by_state(session),
            "waiting_topics": waiting_topics(session),
        }
        mail_rates, open_incidents = rates(session, now), count_open(session)
        mail_that_waits = waiting(session)
    queue: dict[str, Any] = {}
    image_queue: dict[str, Any] = {}
    living: list[Heartbeat] = []
    warnings: list[str] = []
    try:
        queue["waiting"] = services.stream.length()
        living = living_workers(services.redis)
        image_queue["waiting"] = services.images.stream.length()
        if image_queue["waiting"] and (why := why_unrecognized(living)):
            image_queue["problem"] = why
        if any(learning["trainings"][state] for state in trainings.UNFINISHED):
            learning["problem"] = why_untrained(living)
        warnings = redis_warnings(services.redis)
        require_room(services.redis)
    except QueueUnavailable as error:
        queue["problem"] = str(error)
    too_much = services.intake.limit.reached(services.database, now)
    told: dict[str, Any] = {
        "version": __version__,
        "policy_version": services.policies.default.version,
        "emails": counts,
        "images": {**image_counts, "queue": image_queue},
        "accounts": [status_item(status).model_dump() for _, status in services.accounts.with_status(now)],
        "failed_by_stage": failed_by_stage,
        "incidents": open_incidents,
        "surges": surges(mail_rates),
        "rates": [asdict(rate) for rate in mail_rates],
        "rereading": unfinished_rereading(services),
        "learning": learning,
        "queue": queue,
        "workers": [asdict(worker) for worker in living],
        "refusing": None if too_much is None else str(too_much),
        "warnings": warnings,
    }
    parts = parts_of(told, mail_that_waits, living, hooks)
    return {"summary": summary(parts), "parts": [asdict(one) for one in parts], **told}


def _require_reader(services: Services) -> None:
    if why := why_unread(living_workers(services.redis)):
        raise ModelUnavailable(why)


def _require_recognizer(services: Services) -> None:
    if why := why_unrecognized(living_workers(services.redis)):
        raise ModelUnavailable(why)


def _problem(check: Callable[[], object]) -> str:
    try:
        check()
    except TriageError as error:
        return str(error)
    return ""
