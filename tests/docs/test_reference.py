"""The reference that a build makes: every route, command and setting is on it, and what it shows is taken."""

import pytest
from fastapi.testclient import TestClient

from docs.making import command_page, settings_page
from docs.making.api_pages import Api, anchor
from tests.keys import bearing, make_key
from tests.make import url_of
from triage.api.access import api_routes
from triage.api.app import create_app
from triage.cli.app import COMMANDS
from triage.settings import Settings

# They wait: for a worker that does not run here.
WAITING = "/v1/predict"


@pytest.fixture
def app(data, redis):
    """The API over an empty database."""
    return create_app(Settings(data_dir=data, redis_url=url_of(redis), allowed_hosts=("testserver",)))


def test_every_route_has_its_place_and_says_what_it_needs(app):
    """The pages come from the same application that serves."""
    api = Api(app)
    whole = "".join(api.page_of(tag) for tag in api.tags)
    shown = [
        (method, route.path_format) for route in api_routes(app) if route.include_in_schema for method in route.methods
    ]

    assert len(shown) > 80
    for method, path in shown:
        assert f"({anchor(method, path)})=\n\n## `{method} {path}`" in whole
        assert f"#{anchor(method, path)})" in api.index()
    assert whole.count("Needs: ") == len(shown)


def test_requests_are_shown_as_the_api_takes_them(app):
    """Each is sent: what it names may not be there, but no field of it is refused."""
    refused = []
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers.update(bearing(make_key(app.state.services.database)))
        for method, path, body in Api(app).requests():
            if path == WAITING or not body:
                continue
            answer = client.request(method, path, json=body)
            if answer.status_code == 422 and answer.json().get("errors"):
                refused.append((method, path, body, answer.json()["errors"]))

    assert not refused


def test_every_command_and_setting_is_told():
    """By its name, with what it takes."""
    commands, settings = command_page.page(), settings_page.page()

    assert [name for name in COMMANDS if f"`triage {name}`\n" not in commands] == []
    assert "`--folder F`" in commands
    assert all(f"| `{settings_page.variable_of(name)}` |" in settings for name in Settings.model_fields)
    assert "|  |  |" not in settings
