"""What one client may send: how much, how often, how slowly."""

import asyncio

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient

from tests.keys import bearing, make_key
from triage.api import bulk
from triage.api.rate import BURST_SECONDS, MOST_CLIENTS, Buckets
from triage.api.uploads import SlowUploads
from triage.web.app import create_app


@pytest.fixture
def limited(settings, database):
    """A client with a key, of an instance that lets one request a second through, and ten at once."""
    with TestClient(create_app(settings.model_copy(update={"max_requests": 1}))) as made:
        made.headers.update(bearing(make_key(database)))
        made.get("/v1/inbox")  # from now on its key is known
        yield made


def test_over_its_rate_a_client_is_told_when_to_come_back(limited):
    """Every answer says what is left; after the burst comes 429 with `Retry-After`, and nothing was done."""
    answers = [limited.get("/v1/inbox") for _ in range(BURST_SECONDS)]
    refused = limited.post("/v1/emails", json={"subject": "one more", "text": "x"})

    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].headers["RateLimit-Policy"] == f'"client";q={BURST_SECONDS};w=10'
    assert answers[0].headers["RateLimit"] == '"client";r=9;t=1'
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["RateLimit"].startswith('"client";r=0;')
    assert limited.get("/livez").status_code == 200


def test_keys_behind_one_address_have_a_rate_each(limited, database):
    """What one key used up another has still; keys that are made up share the rate of their address."""
    other = bearing(make_key(database))
    for _ in range(BURST_SECONDS):
        limited.get("/v1/inbox")

    assert limited.get("/v1/inbox").status_code == 429
    assert [limited.get("/v1/inbox", headers=other).status_code for _ in range(3)] == [200] * 3
    made_up = [limited.get("/v1/inbox", headers=bearing(f"triage_{n}")).status_code for n in range(BURST_SECONDS)]
    assert made_up.count(401) == BURST_SECONDS - 2
    assert made_up[-1] == 429


def test_a_bucket_fills_while_nothing_is_taken_and_others_have_their_own():
    """Time is given; a client that waited may send again, and never more than a burst."""
    buckets = Buckets(2)
    for _ in range(20):
        assert buckets.take(b"a", 0.0) >= 0

    assert buckets.take(b"a", 0.0) < 0
    assert buckets.take(b"b", 0.0) == 19
    assert buckets.take(b"a", 0.5) == 0
    assert buckets.take(b"a", 1000.0) == 19


def test_clients_without_number_are_forgotten():
    """Made-up addresses take no more memory than as many as are remembered."""
    buckets = Buckets(1)
    for number in range(MOST_CLIENTS + 50):
        buckets.take(str(number).encode(), 0.0)

    assert len(buckets._left) == MOST_CLIENTS


def test_a_machine_of_its_own_has_no_limit_and_one_that_others_reach_has(settings):
    """Unset, the limit follows from where it listens."""
    assert settings.requests_per_second == 0
    assert settings.model_copy(update={"host": "0.0.0.0"}).requests_per_second == 50
    assert settings.model_copy(update={"host": "0.0.0.0", "max_requests": 0}).requests_per_second == 0


def uploaded(chunks, *, patience):
    """Send chunks to an application that reads all, one after the other; return what it got, or its error."""

    async def reads_all(scope, receive, send):
        while (await receive()).get("more_body"):
            got.append(1)

    async def comes():
        if not chunks:
            await asyncio.Event().wait()  # never
        return {"type": "http.request", "body": chunks.pop(0), "more_body": True}

    got = []
    try:
        asyncio.run(SlowUploads(reads_all, patience)({"type": "http"}, comes, None))
    except HTTPException as error:
        return len(got), error
    return len(got), None


def test_an_upload_that_stops_is_cut_off():
    """What came is read; when nothing comes any more it ends with 408."""
    got, error = uploaded([b"x", b"y"], patience=0.05)

    assert (got, error.status_code) == (2, 408)


def test_too_many_lines_are_refused_and_say_what_was_stored(client, monkeypatch):
    """413 after the last line that is taken; those before are stored, and sent again they are duplicates."""
    monkeypatch.setattr(bulk, "MOST_LINES", 2)
    monkeypatch.setattr(bulk, "BULK_LINES", 1)
    lines = "".join(f'{{"subject": "mail {number}", "text": "x"}}\n' for number in range(3))

    answer = client.post("/v1/emails/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})

    assert answer.status_code == 413
    assert len(client.get("/v1/inbox").json()["items"]) == 2
