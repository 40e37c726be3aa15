"""The door of the web inbox: in by a link or a key, and out again."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from triage.access import digest_of
from triage.api.access import EVERYBODY, address_of
from triage.api.bodies import media_type, read_body
from triage.api.doorman import FOREIGN, Doorman, is_own_page
from triage.api.services import NowDep, Services, ServicesDep
from triage.errors import NotAllowed
from triage.storage import logins
from triage.web.choose_language import own_path
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM_BYTES = 2**16


@router.get("/login", dependencies=[EVERYBODY])
def login_page(
    request: Request,
    services: ServicesDep,
    now: NowDep,
    link: Annotated[str | None, Query(max_length=200)] = None,
    back: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """Let whoever has a good link in; ask all others for a key."""
    if link is None:
        return _asked(request, back)
    with services.database.unit_of_work() as session:
        # Used up and let in, or neither.
        is_good = logins.use_link(session, link, now)
        secret = logins.begin(session, now, life=services.settings.session_lifetime) if is_good else None
    return _asked(request, back, "login.link_is_over", 401) if secret is None else _let_in(request, services, secret)


@router.post("/login", dependencies=[EVERYBODY])
async def log_in(request: Request, services: ServicesDep, now: NowDep) -> Response:
    """Begin a session by a key, with what that key may do.

    Raises:
        NotAllowed: No page of ours sent this.
        TooManyWrongKeys: Too many keys from this address were wrong.
    """
    form = await form_of(request)
    back, doorman = form.get("back", ["/"])[0], _doorman(request)
    key_id = await doorman.key_is_good(form.get("key", [""])[0].strip(), address_of(request))
    if key_id is None:
        return _asked(request, back, "login.key_is_wrong", 401)

    def begun() -> str:
        with services.database.unit_of_work() as session:
            return logins.begin(session, now, life=services.settings.session_lifetime, key_id=key_id)

    return _let_in(request, services, await run_in_threadpool(begun), back)


@router.post("/logout", dependencies=[EVERYBODY])
async def log_out(request: Request, services: ServicesDep) -> Response:
    """End the session that this came with; safe to repeat.

    Raises:
        NotAllowed: No page of ours sent this.
    """
    if not is_own_page(request.headers):
        raise NotAllowed(FOREIGN)
    doorman = _doorman(request)

    def end(secret: str) -> None:
        with services.database.unit_of_work() as session:
            logins.end(session, digest_of(secret))

    if (secret := request.cookies.get(doorman.cookie)) is not None:
        await run_in_threadpool(end, secret)
        doorman.forget()
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(doorman.cookie, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return answer


async def form_of(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form that a page of ours sent.

    Raises:
        NotAllowed: It came from elsewhere.
        HTTPException: 413 or 415: it is too large, or no form.
    """
    if not is_own_page(request.headers):
        raise NotAllowed(FOREIGN)
    if media_type(request) != FORM:
        raise HTTPException(415, f"send a form as {FORM}")
    body = await read_body(request, LARGEST_FORM_BYTES)
    try:
        return parse_qs(body.decode(), max_num_fields=1000)
    except ValueError as error:
        raise HTTPException(422, "this is no form that could be read; load the page again") from error


def _asked(request: Request, back: str, problem: str = "", status: int = 200) -> Response:
    return render(request, "login.html", {"back_to": own_path(back), "problem": problem}, status=status)


def _let_in(request: Request, services: Services, secret: str, back: str = "/") -> Response:
    answer = RedirectResponse(own_path(back), 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        _doorman(request).cookie,
        secret,
        max_age=int(services.settings.session_lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def _doorman(request: Request) -> Doorman:
    doorman: Doorman = request.app.state.doorman
    return doorman
