"""The whole web application: the API, and the pages for people over it."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from triage.api.app import create_app as create_api
from triage.settings import Settings
from triage.web import pages

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the API with the web inbox at `/`.

    Raises:
        InvalidPolicy: The policy file cannot be used.
    """
    app = create_api(settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(pages.router)
    return app
