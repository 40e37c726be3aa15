"""Which access each route needs: said once beside it, and checked before anything else is done.

    @router.get("/{email_id}", dependencies=[READ])

A route that says nothing keeps the application from being made.
"""

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from triage.access import Access, Scope
from triage.actor import set_actor
from triage.api.doorman import SAFE_METHODS, Doorman
from triage.api.problems import problem_of
from triage.errors import NotAllowed, TriageError

ACCESS = "access"
# Where people log in, and out: they have no access yet, or want none any more.
DOORS = ("/login", "/logout")


class Needs:
    """What a route needs, as a dependency of FastAPI.

    Attributes:
        scope: `None` where everybody may.
        whole: It is about the whole instance: a key that is for some mailboxes does not do.
    """

    def __init__(self, scope: Scope | None, *, whole: bool = False) -> None:
        self.scope = scope
        self.whole = whole

    async def __call__(self, request: Request) -> None:
        """Let a request pass that may.

        Raises:
            NotLetIn: It has no key and no session that is good.
            NotAllowed: What it has is good for other things.
        """
        if self.scope is None:
            return
        access = await access_of(request)
        if not access.may(self.scope):
            raise NotAllowed(f"this takes a key with the scope {self.scope}; ask an administrator for one")
        if self.whole and access.mailboxes is not None:
            raise NotAllowed("this is about all mailboxes, and this key is for some; ask an administrator for another")
        # Not in a thread: what is set there is forgotten with it.
        set_actor(access.actor)


def needs(scope: Scope, *, whole: bool = False) -> Any:
    """Say which scope a route needs; with `whole`, that it takes access to all mailboxes."""
    return Depends(Needs(scope, whole=whole))


READ, SUBMIT, LABEL, TRAIN, ADMIN = (needs(scope) for scope in Scope)
READ_ALL, ADMIN_OF_ALL = needs(Scope.READ, whole=True), needs(Scope.ADMIN, whole=True)
EVERYBODY = Depends(Needs(None))


class Gate:
    """ASGI middleware that refuses a change before its body is read, unless somebody we know sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401, 403, 429 or 503."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and scope["path"] not in DOORS:
            try:
                await access_of(HTTPConnection(scope))
            except TriageError as error:
                await problem_of(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def access_of(connection: HTTPConnection) -> Access:
    """Return what a request may do; raise as `Doorman.access` does."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    if ACCESS not in state:
        doorman: Doorman = connection.app.state.doorman
        headers = Headers(scope=connection.scope)
        state[ACCESS] = await doorman.access(headers, connection.scope["method"], address_of(connection))
    found: Access = state[ACCESS]
    return found


def known_access(connection: HTTPConnection) -> Access | None:
    """Return what was found out of a request already; `None` where its route is open to everybody."""
    found: Access | None = connection.scope.get("state", {}).get(ACCESS)
    return found


def address_of(connection: HTTPConnection) -> str:
    """Return the address of who sent a request."""
    return connection.client.host if connection.client else ""


def needed_by(route: APIRoute) -> Needs | None:
    """Return what a route says that it needs; `None` where it says nothing."""
    found = [one.dependency for one in route.dependencies if isinstance(one.dependency, Needs)]
    return found[-1] if found else None


def api_routes(app: FastAPI) -> list[APIRoute]:
    """Return every route of an application but its files and its description, which are open to everybody."""
    found = [one.original_route for one in iter_route_contexts(app.routes)]
    return [route for route in found if isinstance(route, APIRoute)]


def require_declared(app: FastAPI) -> None:
    """Return when every route of an application says what it needs; a fault of ours otherwise."""
    if silent := [route.path for route in api_routes(app) if needed_by(route) is None]:
        raise AssertionError(f"these routes do not say what access they need: {', '.join(silent)}")
