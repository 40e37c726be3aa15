"""The whole web application: the API, and the pages for people over it."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from triage.api.access import require_declared
from triage.api.app import create_app as create_api
from triage.settings import Settings
from triage.web import (
    choose_language,
    email_page,
    events,
    incidents,
    keys,
    label_next,
    login,
    models,
    own_words,
    pages,
    policy,
    reports,
    status,
    webhooks,
)
from triage.web.errors import add_error_pages

STATIC = Path(__file__).parent / "static"

PAGE_MODULES = (
    *(pages, email_page, incidents, events, label_next, models, reports, status, webhooks, policy, choose_language),
    *(own_words, keys, login),
)
PAGES = tuple(one.router for one in PAGE_MODULES)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the API with the web inbox at `/`.

    Raises:
        InvalidPolicy: The policy file cannot be used.
    """
    app = create_api(settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in PAGES:
        app.include_router(router)
    app.state.paths = {getattr(route, "path", "") for router in PAGES for route in router.routes}
    add_error_pages(app)
    require_declared(app)
    return app
