"""The other routes: the inbox, one email, health, metrics; and errors in one form."""

import pytest
from fastapi.testclient import TestClient

from tests.make import url_of
from triage.api import predict
from triage.queue.heartbeat import Heartbeat, State, beat
from triage.settings import Settings
from triage.web.app import create_app


@pytest.fixture
def ids(client):
    """Five emails of one mailbox."""
    return [client.post("/v1/emails", json={"subject": f"mail {n}", "text": "x"}).json()["id"] for n in range(5)]


def test_inbox_pages_by_cursor_until_it_ends(client, ids):
    """Following `next_cursor` shows every email once, and the last page has none."""
    seen, cursor = [], ""
    for _ in range(9):
        page = client.get(f"/v1/inbox?limit=2{cursor}").json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == ids


def test_done_mail_leaves_the_inbox_and_reopened_mail_returns(client, ids):
    """Done twice is done once; reopen puts it back."""
    first = client.post(f"/v1/emails/{ids[0]}/done").json()["handled_at"]
    again = client.post(f"/v1/emails/{ids[0]}/done").json()["handled_at"]
    left = [item["id"] for item in client.get("/v1/inbox").json()["items"]]
    reopened = client.post(f"/v1/emails/{ids[0]}/reopen").json()

    assert first == again is not None
    assert left == ids[1:]
    assert reopened["handled_at"] is None
    assert len(client.get("/v1/inbox").json()["items"]) == 5


def test_deleted_email_is_gone_and_never_comes_back(client, ids):
    """Deleting removes an email for good; the same mail, sent again, is told that it was deleted."""
    deleted = client.delete(f"/v1/emails/{ids[0]}")
    again = client.delete(f"/v1/emails/{ids[0]}")
    sent = client.post("/v1/emails", json={"subject": "mail 0", "text": "x"})

    assert (deleted.status_code, again.status_code) == (204, 404)
    assert client.get(f"/v1/emails/{ids[0]}/raw").status_code == 404
    assert [item["id"] for item in client.get("/v1/inbox").json()["items"]] == ids[1:]
    assert sent.status_code == 410
    assert f"email {ids[0]}" in sent.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/emails/999999", 404),
        ("/v1/emails/0", 422),
        ("/v1/emails/99999999999999999999999", 422),
        ("/v1/emails/abc", 422),
        ("/v1/emails/999999/raw", 404),
        ("/v1/emails/999999/attachments/0", 404),
        ("/v1/inbox?limit=0", 422),
        ("/v1/inbox?limit=201", 422),
        ("/v1/inbox?band=urgent", 422),
        ("/v1/inbox?state=gone", 422),
        ("/v1/inbox?cursor=nonsense", 422),
        ("/v1/inbox?cursor=MjAyNi0wMS0wMVQwMDowMDowMCA1", 422),
        ("/v1/inbox?q=%00", 200),
        ("/v1/inbox?mailbox=a%00b", 422),
        ("/v1/inbox?topic=a%00b", 422),
        ("/v1/trainings?mailbox=a%00b", 422),
        ("/v1/models/current/training?mailbox=a%00b", 422),
        ("/v1/nothing", 404),
    ],
)
def test_wrong_questions_are_answered_as_problems(client, path, status):
    """No input gives a 5xx, and errors have one form."""
    answer = client.get(path)

    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_wrong_method_is_a_problem_too(client):
    """405 names the methods that are allowed."""
    answer = client.delete("/v1/inbox")

    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert "GET" in answer.headers["allow"]


def test_predict_without_a_worker_says_so(client, monkeypatch):
    """When nobody answers in time, 503 says what to look at and when to come back."""
    monkeypatch.setattr(predict, "PATIENCE", predict.PATIENCE / 20)

    answer = client.post("/v1/predict", json={"subject": "a", "body": "b"})

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "worker" in answer.json()["detail"]


def test_ready_when_database_and_redis_answer(client):
    """Ready says so, and alive is not asked for anything; that nobody reads is told, and turns no mail away."""
    answer = client.get("/readyz")

    assert client.get("/livez").status_code == 200
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert (answer.json()["checks"]["database"], answer.json()["checks"]["redis"]) == ("ok", "ok")
    assert "start one with `triage worker text`" in answer.json()["checks"]["workers"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.READY, "ok"),
        (State.STARTING, "w-1 is starting: why"),
        (State.DEAF, "w-1 is deaf: why"),
        (State.WITHOUT_MODEL, "w-1 is without model: why"),
    ],
)
def test_ready_says_whether_a_worker_reads(client, redis, state, told):
    """One that can read is enough; of the others the state and the reason are told. Metrics count both."""
    beat(redis, Heartbeat("w-1", "text", "v1", "why", state))

    answer = client.get("/readyz")
    metrics = client.get("/metrics").text

    assert (answer.status_code, answer.json()["checks"]["workers"]) == (200, told)
    assert "triage_workers 1.0" in metrics
    assert f"triage_workers_ready {float(state is State.READY)}" in metrics


def test_not_ready_without_redis_and_without_schema_but_alive(tmp_path):
    """What is missing is named; the process stays alive and takes no blame."""
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/empty.sqlite3",
        redis_url=f"unix://{tmp_path}/none.sock",
        allowed_hosts=("testserver",),
        auth="off",
    )
    with TestClient(create_app(settings)) as client:
        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert "triage migrate" in answer.json()["checks"]["database"]
        assert "Redis does not answer" in answer.json()["checks"]["redis"]
        assert client.get("/livez").status_code == 200
        assert client.get("/metrics").status_code == 200


def test_database_that_is_away_is_answered_with_when_to_come_back(tmp_path, redis):
    """A submission while the database is down gets 503 and Retry-After, and is not accepted."""
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql://nobody@/none?host=/nowhere",
        redis_url=url_of(redis),
        allowed_hosts=("testserver",),
        auth="off",
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        answer = client.post("/v1/emails", json={"subject": "x", "text": "y"})

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_metrics_count_emails_and_requests(client, ids):
    """Gauges show the queue, counters the requests by route and not by path."""
    client.get(f"/v1/emails/{ids[0]}")
    text = client.get("/metrics").text

    assert 'triage_emails{state="queued"} 5.0' in text
    assert "triage_stream_length 5.0" in text
    assert 'triage_http_requests_total{method="POST",route="/v1/emails",status="202"} 5.0' in text
    assert 'route="/v1/emails/{email_id}"' in text


def test_openapi_document_describes_both_kinds_of_body(client):
    """The document is OpenAPI 3.1 and says what a submission may be."""
    document = client.get("/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    body = document["paths"]["/v1/emails"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "message/rfc822"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_page_of_another_site_can_change_nothing(client, ids, headers):
    """What a browser sends for a foreign page is refused, and the mail stays."""
    answer = client.post(f"/v1/emails/{ids[0]}/done", headers=headers)

    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert len(client.get("/v1/inbox").json()["items"]) == 5


def test_page_of_our_own_may_change_things(client, ids):
    """The same request from our own origin passes."""
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}

    assert client.post(f"/v1/emails/{ids[0]}/done", headers=own).status_code == 200


def test_foreign_name_that_leads_here_gets_nothing(client, ids):
    """A name that somebody made point to this machine is not answered (DNS rebinding)."""
    answer = client.get("/v1/inbox", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "mail 0" not in answer.text


def test_id_that_cannot_be_sent_back_is_refused(client):
    """A lone surrogate in an id is the client's error."""
    content = b'{"id": "\\ud800", "subject": "x"}'

    assert client.post("/v1/predict", content=content, headers={"Content-Type": "application/json"}).status_code == 422


def test_server_before_migration_says_what_to_do(empty_database_url, redis, tmp_path):
    """Without a schema every route answers 503."""
    settings = Settings(
        data_dir=tmp_path,
        database_url=empty_database_url,
        redis_url=url_of(redis),
        allowed_hosts=("testserver",),
        auth="off",
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        assert client.get("/v1/inbox").status_code == 503
