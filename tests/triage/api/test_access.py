"""Who may ask for what: every route with no key, a wrong one, and each scope."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount

from tests.keys import bearing, make_key
from tests.make import url_of
from triage.access import Scope
from triage.api.access import api_routes, needed_by, require_declared
from triage.settings import Settings
from triage.storage.session import Database
from triage.web.app import create_app
from triage.web.route_table import PAGE, page_with, route_table

# A stream without an end; what keeps it closed is the same as for all.
ENDLESS = "/events"
# No JSON: whoever may come in is told so, and nothing is done. As from a page, for the one form among the routes.
BODY = {"content": b"[", "headers": {"Content-Type": "application/json", "Origin": "http://testserver"}}


@pytest.fixture
def alone(data, redis) -> Settings:
    """Settings of an instance on SQLite where nobody is told to wait."""
    return Settings(data_dir=data, redis_url=url_of(redis), allowed_hosts=("testserver",), max_wrong_keys=10**6)


@pytest.fixture
def app(alone) -> FastAPI:
    """The whole application."""
    return create_app(alone)


@pytest.fixture
def nobody(app) -> Iterator[TestClient]:
    """A client without a key."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as made:
        yield made


@pytest.fixture
def database(alone) -> Iterator[Database]:
    """The database of the instance."""
    made = Database(alone.database_url)
    yield made
    made.close()


def walk(app):
    """Every route with a path that it would take."""
    for route in api_routes(app):
        path = route.path.replace(":path}", "}")
        for name in ("email_id", "label_id", "incident_id", "image_id", "key_id", "training_id", "position"):
            path = path.replace(f"{{{name}}}", "999")
        path = path.replace("{code}", "en").replace("{name}", "x").replace("{mailbox}", "x").replace("{version}", "x")
        for method in route.methods:
            yield needed_by(route), method, path


def test_every_route_refuses_who_has_no_key_or_a_wrong_one(app, nobody):
    """But for the signs of life, the door and the language, the answer is 401 and names no reason to guess from."""
    for need, method, path in walk(app):
        without = nobody.request(method, path)
        wrong = nobody.request(method, path, headers=bearing("triage_" + "0" * 64))

        if need.scope is not None:
            assert (method, path, without.status_code, wrong.status_code) == (method, path, 401, 401)
            assert without.headers["www-authenticate"].startswith("Bearer")
            assert without.headers["content-type"] == "application/problem+json"
        else:
            assert without.status_code not in (401, 403) or path in ("/login", "/logout"), path


@pytest.mark.parametrize("scope", Scope)
def test_every_route_takes_the_scope_that_it_names_and_no_other(app, nobody, database, scope):
    """A key of one scope is let in where the table says so, and told 403 elsewhere; `admin` is let in everywhere."""
    nobody.headers.update(bearing(make_key(database, scope)))

    for need, method, path in walk(app):
        if path == ENDLESS or need.scope is None:
            continue
        status = nobody.request(method, path, **BODY).status_code
        may = scope in (need.scope, Scope.ADMIN)
        assert (method, path, status == 403) == (method, path, not may)
        assert status != 401
        assert status < 500


def test_what_is_about_all_mailboxes_takes_a_key_for_all(app, nobody, database):
    """An administrator of one mailbox makes no keys, which would be for all."""
    nobody.headers.update(bearing(make_key(database, Scope.ADMIN, mailboxes=["a"])))

    for need, method, path in walk(app):
        if need.whole:
            assert (path, nobody.request(method, path, **BODY).status_code) == (path, 403)


def test_route_table_in_the_docs_is_that_of_the_routes(app):
    """`docs/security.md` says what the routes say; `python -m triage.web.route_table` writes it."""
    page = PAGE.read_text("utf-8")

    assert page == page_with(route_table(app), page)


def test_nothing_but_files_and_the_description_is_outside_the_table(app):
    """What is no route of the API needs nothing, so it must hold nothing of anybody's."""
    others = [one.path for one in app.routes if isinstance(one, Mount) or type(one).__module__ == "starlette.routing"]

    assert sorted(others) == ["/openapi.json", "/static"]


def test_application_with_a_route_that_says_nothing_is_not_made():
    """A route that forgot to say what it needs is a failure at once, and not an open door."""
    router = APIRouter()

    @router.get("/v1/forgotten")
    def forgotten() -> str:
        return "anybody may"

    app = FastAPI()
    app.include_router(router)

    with pytest.raises(AssertionError, match="/v1/forgotten"):
        require_declared(app)
