"""Errors as pages for those who read pages; programs get the problem document of the API."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from triage.web.rendering import render

Handler = Callable[[Request, Exception], Awaitable[Response]]


def add_error_pages(app: FastAPI) -> None:
    """Let every error that the API would answer with a problem document be a page where a browser shows pages."""
    for kind, handler in dict(app.exception_handlers).items():
        app.exception_handlers[kind] = _shown(handler)


def _shown(handler: Any) -> Handler:
    async def answers(request: Request, error: Exception) -> Response:
        problem: Response = await handler(request, error)
        if not _wants_page(request):
            return problem
        return to_login(request) if problem.status_code == 401 else _page(request, problem)

    return answers


def to_login(request: Request) -> Response:
    """Return what leads a reader to the door, and back to this page from there."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login?" + urlencode({"back": back}), 303)


def _page(request: Request, problem: Response) -> Response:
    try:
        sentence = json.loads(bytes(problem.body))["detail"]
    except (ValueError, KeyError):
        return problem
    kind = "not_here" if problem.status_code == 404 else "later" if problem.status_code in (429, 503) else "failed"
    page = render(request, "error.html", {"kind": kind, "sentence": sentence}, status=problem.status_code)
    if "retry-after" in problem.headers:
        page.headers["Retry-After"] = problem.headers["retry-after"]
    return page


def _wants_page(request: Request) -> bool:
    is_of_api = request.url.path.startswith(("/v1/", "/metrics", "/livez", "/readyz"))
    return not is_of_api and "text/html" in request.headers.get("accept", "")
