"""Whatever is sent to the routes of the OpenAPI document, nothing gives a 5xx: that would be a bug of ours."""

import random

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from tests.keys import bearing, make_key
from tests.make import url_of
from triage.settings import Settings
from triage.web.app import create_app

EXAMPLES = 4  # of each route and kind; 30 found no more
# They wait: for a worker, for an image, or for a mail server.
LEFT_OUT = ("/v1/predict", "/v1/images", "/test", "/verify")
STORED = 5


@schemathesis.serializer("message/rfc822", "application/x-ndjson")
def _as_it_is(_, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture
def app(migrated_postgres_url, redis, tmp_path):
    """The web application over PostgreSQL, which refuses more than SQLite, with a few emails."""
    url, names = migrated_postgres_url, ("testserver",)
    made = create_app(Settings(data_dir=tmp_path, database_url=url, redis_url=url_of(redis), allowed_hosts=names))
    with TestClient(made) as client:
        client.headers.update(bearing(make_key(made.state.services.database)))
        for number in range(STORED):
            client.post("/v1/emails", json={"subject": f"mail {number}", "text": "x"}).raise_for_status()
        yield made, client.headers["Authorization"]


@pytest.mark.slow
def test_no_input_gives_a_server_error(app, record_property):
    """Input that the document allows, and input that it does not, is answered below 500; 503 alone says come back."""
    made, key = app
    schema = schemathesis.openapi.from_asgi("/openapi.json", made)
    sent = 0
    wrong = []

    def send(case):
        nonlocal sent
        _aim(case)
        answer = case.call(headers={"Authorization": key})
        sent += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            wrong.append((case.operation.label, case.path_parameters, case.query, case.body, answer.status_code))

    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.endswith(LEFT_OUT):
            for mode in _modes(operation):
                cases = operation.as_strategy(generation_mode=mode)
                seed(1)(settings(**BOUNDED)(given(cases)(send)))()

    record_property("figure", f"{sent} requests made from the OpenAPI document")
    assert wrong == []


BOUNDED = {
    "max_examples": EXAMPLES,
    "deadline": None,
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


def _modes(operation):
    """What is wrong can only be made of what a route takes."""
    takes = operation.path_parameters or operation.query or operation.body
    return (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if takes else (GenerationMode.POSITIVE,)


def _aim(case):
    """Let most requests be about what is there, for random numbers hit nothing."""
    chance = random.Random(repr((case.path_parameters, case.query, case.body)))
    for name in case.path_parameters or {}:
        if chance.random() < 0.8 and name.endswith("_id"):
            case.path_parameters[name] = chance.randint(1, STORED)
        elif chance.random() < 0.8 and name == "mailbox":
            case.path_parameters[name] = "main"
