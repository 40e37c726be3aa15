"""Each request has an id, by which its errors and lines of the log are found, and one line that says how it went."""

import json
import logging
import re
from io import StringIO

import pytest

from tests.keys import bearing, make_key
from tests.make import raw_message
from triage.log import configure_logging

ROUTES_THAT_FAIL = (
    ("GET", "/v1/emails/999", 404),
    ("GET", "/v1/no-such-thing", 404),
    ("POST", "/v1/emails", 415),
    ("GET", "/v1/inbox?limit=0", 422),
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lines(client):
    """What the web process logs from here on."""
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("info", as_json=True)
    written = StringIO()
    root.handlers[0].setStream(written)
    yield lambda event: [line for line in map(json.loads, written.getvalue().splitlines()) if line["event"] == event]
    root.handlers, root.level = before[0], before[1]


@pytest.mark.parametrize("given", ["desk-42", "01J9ZC2M:root=1/a+b~c._", "a" * 128])
def test_id_of_a_client_comes_back_and_is_logged(client, lines, given):
    """What can be an id is taken as it is."""
    answer = client.get("/v1/inbox", headers={"X-Request-ID": given})

    (line,) = lines("request answered")
    assert (answer.headers["X-Request-ID"], line["request_id"]) == (given, given)


@pytest.mark.parametrize("given", ["", "jo@example.org", "two words", "a" * 129, "x\ty", "ü"])
def test_what_cannot_be_an_id_is_replaced_and_logged_nowhere(client, lines, given):
    """An address, a sentence or a novel is not taken for an id."""
    answer = client.get("/v1/inbox", headers={"X-Request-ID": given.encode()})

    (line,) = lines("request answered")
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert line["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(("method", "path", "status"), ROUTES_THAT_FAIL)
def test_errors_name_their_request(client, lines, method, path, status):
    """A problem document has the id of its header, so that who reports it reports where to look."""
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == lines("request answered")[0]["request_id"]


def test_a_fault_of_ours_names_its_request_too(client, lines, monkeypatch):
    """What is answered last of all, by the server's own net, has the id as well."""
    monkeypatch.setattr("triage.api.inbox.inbox_page", lambda *_, **__: 1 / 0)

    answer = client.get("/v1/inbox", headers={"X-Request-ID": "broken-1"})

    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "broken-1")
    assert answer.json()["request_id"] == "broken-1"
    (line,) = lines("request answered")
    assert (line["status"], line["level"], line["request_id"]) == (500, "warning", "broken-1")
    assert lines("unexpected error")[0]["request_id"] == "broken-1"


def test_line_names_route_and_key_and_neither_path_nor_search_nor_secret(client, lines, database):
    """The pattern of the route, not the path; the number of the key, not its secret; nothing of what was looked for."""
    secret = make_key(database)
    client.headers.update(bearing(secret))

    client.get("/v1/inbox", params={"q": "Zyrquax"})
    client.get("/v1/emails/41")
    client.get("/v1/correspondents/vexmirth@example.org")
    client.head("/v1/inbox")

    told = lines("request answered")
    assert [(one["method"], one["route"], one["status"]) for one in told] == [
        ("GET", "/v1/inbox", 200),
        ("GET", "/v1/emails/{email_id}", 404),
        ("GET", "/v1/correspondents/{address}", 200),
        ("HEAD", "/v1/inbox", 200),
    ]
    assert all(one["key_id"] == 2 and one["ms"] >= 0 for one in told)
    assert not re.search(f"Zyrquax|vexmirth|{secret}", json.dumps(told))


def test_what_a_request_stores_is_logged_with_its_id(client, lines):
    """A mail is named by its number and its mailbox; one that is held already is not stored again."""
    for _ in range(2):
        answer = client.post(
            "/v1/emails",
            content=raw_message("lift"),
            headers={"Content-Type": "message/rfc822", "X-Request-ID": "mail-1"},
            params={"mailbox": "desk"},
        )

    (line,) = lines("emails stored")
    assert (line["request_id"], line["mailbox"], line["email_ids"]) == ("mail-1", "desk", [answer.json()["id"]])
