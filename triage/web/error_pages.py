"""Errors as pages for people; programs get the problem documents of the API, from the same handlers."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from triage.errors import TransientError, TriageError
from triage.web.language import language_of
from triage.web.rendering import render

Handler = Callable[[Request, Any], Awaitable[Response]]


def add_error_pages(app: FastAPI) -> None:
    """Let a browser that asks for a page get a page, whatever goes wrong."""
    for kind in (TriageError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _with_page(app.exception_handlers[kind]))  # type: ignore[arg-type]


def _with_page(as_problem: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        problem = await as_problem(request, error)
        return _page(request, error, problem) if _wants_page(request) else problem

    return handle


def _wants_page(request: Request) -> bool:
    is_api = request.url.path.startswith(("/v1/", "/static/"))
    return not is_api and request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _page(request: Request, error: Exception, problem: Response) -> Response:
    t = language_of(request).t
    if problem.status_code == 404:
        title, sentence = t("error.not_found"), t("error.no_such_page")
    elif isinstance(error, TransientError):
        title, sentence = t("error.in_a_moment"), str(error)
    elif isinstance(error, RequestValidationError | HTTPException) and problem.status_code < 500:
        title, sentence = t("error.not_understood"), t("error.begin_again")
    elif isinstance(error, TriageError):
        title, sentence = t("error.failed"), str(error)
    else:
        title, sentence = t("error.failed"), t("error.see_log")
    page = render(request, "message.html", {"title": title, "sentence": sentence}, status=problem.status_code)
    if "retry-after" in problem.headers:
        page.headers["Retry-After"] = problem.headers["retry-after"]
    return page
