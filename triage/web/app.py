"""The whole web application: the API, and the pages for people over it."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from triage.api.app import create_app as create_api
from triage.settings import Settings
from triage.web import choose_language, email_page, events, pages
from triage.web.error_pages import add_error_pages

STATIC = Path(__file__).parent / "static"

PAGES = (pages.router, email_page.router, events.router, choose_language.router)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the API with the web inbox at `/`.

    Raises:
        InvalidPolicy: The policy file cannot be used.
    """
    app = create_api(settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in PAGES:
        app.include_router(router)
    add_error_pages(app)
    app.state.paths = {getattr(route, "path", "") for router in PAGES for route in router.routes}
    return app
