"""Builds the web application from settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from triage import __version__
from triage.api import (
    accounts,
    audit,
    bulk,
    closing,
    emails,
    failed,
    health,
    image_models,
    images,
    inbox,
    incidents,
    keys,
    label_next,
    labels,
    models,
    policies,
    predict,
    privacy,
    submissions,
    topics,
    trainings,
    webhooks,
)
from triage.api.access import Gate
from triage.api.doorman import Doorman
from triage.api.guard import add_guard
from triage.api.head import Head
from triage.api.idempotency import Idempotency
from triage.api.metrics import add_metrics
from triage.api.problems import add_handlers
from triage.api.rate import RateLimit
from triage.api.request_log import RequestLog
from triage.api.services import Services, make_services
from triage.api.uploads import SlowUploads
from triage.api.wrong_keys import WrongKeys
from triage.log import configure_logging
from triage.queue.soundness import log_redis_warnings
from triage.settings import Settings

DESCRIPTION = "Takes in email, reads it, and lists the most pressing first."


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application; without settings it reads those of this process.

    Raises:
        InvalidPolicy: The policy file cannot be used.
    """
    settings = settings or Settings()
    configure_logging(settings.log_level, as_json=settings.log_format == "json")
    # The usual documentation pages fetch scripts from elsewhere; the document itself is at /openapi.json.
    app = FastAPI(
        title="Triage", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None, lifespan=_lifespan
    )
    app.state.services = make_services(settings)
    app.state.doorman = doorman_of(app.state.services)
    add_handlers(app)
    # Image models before images: `/v1/images/models` is no number of one.
    # Trainings before models: `/v1/models/current/training` is theirs.
    learning = (labels, label_next, topics, policies, trainings, models)
    seen = (image_models, images)
    for part in (
        *(submissions, bulk, closing, emails, *seen, *learning),
        *(inbox, incidents, failed, predict, accounts, keys, webhooks, audit, privacy, health),
    ):
        app.include_router(part.router)
    app.add_middleware(Idempotency, database=app.state.services.database)
    app.add_middleware(Gate)
    add_metrics(app, app.state.services)
    add_guard(app, settings)
    app.add_middleware(SlowUploads)
    if settings.requests_per_second:
        app.add_middleware(RateLimit, per_second=settings.requests_per_second)
    # Outside all others: what they refuse is logged too, and answered with the id of the request.
    app.add_middleware(Head)
    app.add_middleware(RequestLog)
    return app


def doorman_of(services: Services) -> Doorman:
    """Return who lets requests in."""
    settings = services.settings
    return Doorman(
        services.database,
        is_open=settings.auth == "off",
        # Browsers send cookies to every port of a host: two instances must not end each other's sessions.
        cookie=f"triage_session_{settings.port}",
        wrong_keys=WrongKeys(settings.max_wrong_keys),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    await run_in_threadpool(log_redis_warnings, services.redis)
    yield
    app.state.doorman.close()
    services.close()
