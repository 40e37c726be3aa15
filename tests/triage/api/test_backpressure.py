"""What the API answers when too much waits, or when what it needs is full or away."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.make import raw_message, url_of
from tests.postgres import refuse_connections
from triage.api import bulk
from triage.api.bulk import Bulk
from triage.api.services import make_services
from triage.settings import Settings
from triage.storage import emails, schema
from triage.web.app import create_app

NDJSON = {"Content-Type": "application/x-ndjson"}
RFC822 = {"Content-Type": "message/rfc822"}


def mail(n, **more):
    return {"subject": f"mail {n}", "text": "x"} | more


def lines(numbers):
    return "\n".join(json.dumps(mail(n)) for n in numbers)


def statuses(answer):
    """The status of each line of an answer to an upload."""
    text = answer.body.decode() if hasattr(answer, "body") else answer.text
    return [json.loads(line)["status"] for line in text.splitlines()]


def queued(database):
    with database.reading() as session:
        return emails.count_by_state(session)[emails.QUEUED]


@pytest.fixture
def small(settings, monkeypatch):
    """A client of an instance where ten emails may wait; uploads are stored five lines at a time."""
    monkeypatch.setattr(bulk, "BULK_LINES", 5)
    few = settings.model_copy(update={"max_queued": 10, "auth": "off"})
    with TestClient(create_app(few), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def full(small):
    """The same, with ten emails waiting."""
    assert small.post("/v1/emails/bulk", content=lines(range(10)), headers=NDJSON).status_code == 200
    return small


def test_submission_over_the_limit_is_told_when_to_come_back(full, database):
    """503 with Retry-After, as JSON and as RFC 5322; nothing is stored, and what is held is answered."""
    as_json = full.post("/v1/emails", json=mail(10))
    as_bytes = full.post("/v1/emails", content=raw_message(), headers=RFC822)
    held = full.post("/v1/emails", json=mail(3))

    for answer in (as_json, as_bytes):
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) >= 1
        assert "10 emails wait" in answer.json()["detail"]
    assert (held.status_code, held.json()["duplicate"]) == (200, True)
    assert queued(database) == 10


def test_upload_over_the_limit_is_refused_whole(full, database):
    """An upload of which nothing can be accepted is one problem, not a list of them."""
    answer = full.post("/v1/emails/bulk", content=lines(range(10, 40)), headers=NDJSON)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert queued(database) == 10


def test_upload_that_reaches_the_limit_says_of_each_line_what_became_of_it(small, database):
    """Lines before the limit are stored, those after are not, each says so, and the rest can be sent again."""
    answer = small.post("/v1/emails/bulk", content=lines(range(17)), headers=NDJSON)

    assert answer.status_code == 200
    assert int(answer.headers["retry-after"]) >= 1
    assert statuses(answer) == [202] * 10 + [503] * 7
    assert queued(database) == 10


def test_duplicates_in_an_upload_over_the_limit_are_answered(full, database):
    """Sending an upload again after it was cut short accepts nothing twice and tells what is held."""
    answer = full.post("/v1/emails/bulk", content=lines([3, 11, 4, 12]), headers=NDJSON)

    assert statuses(answer) == [200, 503, 200, 503]
    assert queued(database) == 10


def test_limit_opens_when_mail_is_read(full, database):
    """Refused mail is accepted later without anybody's help."""
    refused = full.post("/v1/emails", json=mail(10))
    with database.unit_of_work() as session:
        session.execute(text("UPDATE email SET state = 'read'"))
    full.app.state.services.intake.limit._next_look_at = 0  # a second later

    assert refused.status_code == 503
    assert full.post("/v1/emails", json=mail(10)).status_code == 202


def test_upload_during_which_the_database_goes_away_says_which_lines_are_stored(postgres_url, redis, tmp_path):
    """Lines that were stored are answered as stored, the others are to be sent again, and both are true."""
    settings = Settings(data_dir=tmp_path, database_url=postgres_url, redis_url=url_of(redis))
    services = make_services(settings)
    schema.migrate(services.database.engine)
    upload, later = Bulk(services, "main"), Bulk(services, "main")
    as_lines = [line.encode() for line in lines(range(12)).splitlines()]

    upload.accept(as_lines[:5])
    refuse_connections(postgres_url)
    upload.accept(as_lines[5:])
    refuse_connections(postgres_url, refuse=False)
    later.accept(as_lines)

    cut, again = upload.answer(), later.answer()
    assert cut.headers["retry-after"]
    assert statuses(cut) == [202] * 5 + [503] * 7
    assert statuses(again) == [200] * 5 + [202] * 7
    services.close()


def test_full_redis_refuses_no_mail_and_says_what_is_wrong(client, redis, database):
    """Mail is stored and read later; only what needs Redis at once is refused, and status and readiness name it."""
    redis.config_set("maxmemory", 1)
    try:
        accepted = client.post("/v1/emails", json=mail(1))
        predicted = client.post("/v1/predict", json=mail(1))
        ready, status = client.get("/readyz"), client.get("/v1/status").json()
    finally:
        redis.config_set("maxmemory", 0)

    assert accepted.status_code == 202
    assert (predicted.status_code, ready.status_code) == (503, 503)
    assert predicted.headers["retry-after"]
    for said in (predicted.json()["detail"], ready.json()["checks"]["redis"], status["queue"]["problem"]):
        assert "takes no more work" in said
    assert client.get("/readyz").status_code == 200
    assert queued(database) == 1


def test_status_says_why_mail_is_refused(full, small):
    """Whoever wonders why mail is refused finds the reason; where nothing is amiss there is none."""
    assert "10 emails wait" in full.get("/v1/status").json()["refusing"]


def test_redis_that_may_lose_work_is_warned_of(client, redis):
    """A policy that evicts and a Redis without a file are in the status, each with what to do."""
    before = client.get("/v1/status").json()
    redis.config_set("maxmemory-policy", "allkeys-lru")
    redis.config_set("appendonly", "no")
    try:
        warnings = client.get("/v1/status").json()["warnings"]
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("appendonly", "yes")

    assert (before["refusing"], before["warnings"]) == (None, [])
    assert ["maxmemory-policy to noeviction" in warnings[0], "appendonly to yes" in warnings[1]] == [True, True]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/inbox", None),
        ("GET", "/v1/emails/1", None),
        ("GET", "/v1/emails/1/raw", None),
        ("GET", "/v1/emails/1/attachments/0", None),
        ("GET", "/v1/status", None),
        ("GET", "/readyz", None),
        ("GET", "/", None),
        ("GET", "/emails/1", None),
        ("POST", "/v1/emails", mail(1)),
        ("POST", "/v1/emails/1/done", None),
        ("POST", "/v1/emails/1/reopen", None),
    ],
)
def test_every_route_answers_503_while_the_database_is_away(without_database, method, path, body):
    """No route fails in another way, and each but readiness says when to come back."""
    answer = without_database.request(method, path, json=body)

    assert answer.status_code == 503
    assert path == "/readyz" or answer.headers["retry-after"]


def test_what_needs_no_database_answers_without_it(without_database):
    """Alive, counted, described."""
    for path in ("/livez", "/metrics", "/openapi.json"):
        assert without_database.get(path).status_code == 200


@pytest.fixture
def without_database(tmp_path, redis):
    """A client of an instance whose PostgreSQL is not there."""
    url = "postgresql://nobody@/none?host=/nowhere"
    settings = Settings(
        data_dir=tmp_path, database_url=url, redis_url=url_of(redis), allowed_hosts=("testserver",), auth="off"
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as made:
        yield made


def test_question_that_is_too_large_is_refused(client):
    """A list of texts of more than 16 MB is answered with 413, announced or not, and is not read to its end."""

    def endless():
        for _ in range(17):
            yield b"x" * 2**20

    json_type = {"Content-Type": "application/json"}
    announced = client.post("/v1/predict", content=b"x" * 17 * 2**20, headers=json_type)
    chunked = client.post("/v1/predict", content=endless(), headers=json_type)

    assert (announced.status_code, chunked.status_code) == (413, 413)


def test_description_names_when_to_come_back(client):
    """OpenAPI has 503 with Retry-After where mail or texts come in."""
    paths = client.get("/openapi.json").json()["paths"]

    for path in ("/v1/emails", "/v1/emails/bulk", "/v1/predict"):
        assert "Retry-After" in paths[path]["post"]["responses"]["503"]["headers"]


@pytest.mark.parametrize(
    "path", ["/livez", "/v1/inbox", "/v1/emails/1/raw", "/", "/static/triage.css", "/v1/emails/77"]
)
def test_head_answers_as_get_does_without_content(client, path):
    """The same status and headers, and nothing after them."""
    client.post("/v1/emails", json=mail(1))

    head, get = client.head(path), client.get(path)

    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == get.headers["content-type"]


def test_head_of_what_only_takes_is_refused(client):
    """Where there is no GET there is no HEAD."""
    assert client.head("/v1/predict").status_code == 405
