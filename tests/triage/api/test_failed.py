"""Emails that were set aside, over HTTP: by cause, one by one, tried again, discarded, their bytes."""

import pytest

from tests.make import NOW, raw_message
from triage import failures as retrying
from triage.storage import queued

EML = {"Content-Type": "message/rfc822"}
VALUE_ERROR, STOPPED = "reading it raised ValueError", "the worker stopped while reading it"


@pytest.fixture
def ids(client, database):
    """Six emails: four were set aside for one cause, one for another, one waits; the stream is empty."""
    made = [client.post("/v1/emails", content=raw_message(f"mail {n}"), headers=EML).json()["id"] for n in range(6)]
    with database.unit_of_work() as session:
        for email_id in made[:5]:
            cause = STOPPED if email_id == made[4] else VALUE_ERROR
            queued.EMAILS.set_aside(session, email_id, error=cause, stage="read", attempts=5, now=NOW)
    client.app.state.services.redis.flushall()
    return made


def left(client):
    return [item["id"] for item in client.get("/v1/failed?limit=200").json()["items"]]


def test_list_says_how_many_by_cause_and_which(client, ids):
    """The first page has the groups, largest first, and the emails with their attempts."""
    page = client.get("/v1/failed").json()

    at = "2026-03-02T12:00:00Z"
    assert (page["count"], page["next_cursor"]) == (5, None)
    times = {"first_failed_at": at, "last_failed_at": at}
    assert page["groups"] == [
        {"stage": "read", "error": VALUE_ERROR, "count": 4, "ids": ids[:3]} | times,
        {"stage": "read", "error": STOPPED, "count": 1, "ids": ids[4:5]} | times,
    ]
    assert [item["id"] for item in page["items"]] == ids[:5]
    first = page["items"][0]
    assert (first["state"], first["error"], first["error_stage"], first["attempts"], first["failed_at"]) == (
        "failed",
        VALUE_ERROR,
        "read",
        5,
        at,
    )


def test_list_pages_by_cursor_and_counts_once(client, ids):
    """Following `next_cursor` shows every email once; the pages that follow do not count again."""
    first = client.get("/v1/failed?limit=2").json()
    second = client.get(f"/v1/failed?limit=2&cursor={first['next_cursor']}").json()
    third = client.get(f"/v1/failed?limit=2&cursor={second['next_cursor']}").json()

    assert [item["id"] for page in (first, second, third) for item in page["items"]] == ids[:5]
    assert (second["count"], second["groups"], third["next_cursor"]) == (None, None, None)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("mailbox=main", 5),
        ("mailbox=none", 0),
        ("stage=read", 5),
        ("stage=recognize", 0),
        ("error=VALUE", 4),
        ("error=%25", 0),
        ("since=2026-03-02T12:00:00Z", 5),
        ("since=2026-03-02T13:00:01%2B01:00", 0),
        ("until=2026-03-02T12:00:00Z", 0),
        ("error=stopped&until=2026-03-02T12:00:01Z", 1),
    ],
)
def test_filters_narrow_groups_and_emails_alike(client, ids, question, count):
    """Each filter of the query applies to everything on the page."""
    page = client.get(f"/v1/failed?{question}").json()

    assert page["count"] == len(page["items"]) == sum(group["count"] for group in page["groups"]) == count


@pytest.mark.parametrize(
    "question",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=0",
        "cursor=abc",
        "cursor=99999999999999999999",
        "since=yesterday",
        "since=2026-03-02T12:00:00",
        "since=0001-01-01T00:00:00%2B10:00",
        "until=9999-12-31T23:59:59-10:00",
        "mailbox=a%00b",
        "stage=a%00b",
        "error=a%00b",
        f"error={'x' * 501}",
        "errors=typo",
    ],
)
def test_wrong_question_is_refused_as_a_problem(client, ids, question):
    """A filter that cannot be meant is refused, not passed over."""
    answer = client.get(f"/v1/failed?{question}")

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("order", "places"),
    [
        ({"filter": {"error": "valueerror"}}, [0, 1, 2, 3]),
        ({"filter": {"stage": "read", "mailbox": "main", "since": "2026-03-02T12:00:00Z"}, "limit": 2}, [0, 1]),
        ({"filter": {"mailbox": "none"}}, []),
        ({"all": True}, [0, 1, 2, 3, 4]),
        ({"all": True, "limit": 1}, [0]),
    ],
)
@pytest.mark.parametrize(("route", "done"), [("retry", "retried"), ("discard", "discarded")])
def test_order_moves_what_it_names_and_says_what_remains(client, ids, route, done, order, places):
    """A filter, or everything, at most so many; the rest is counted and still set aside."""
    meant = 5 if "all" in order or "stage" in order["filter"] else len(places)

    answer = client.post(f"/v1/failed/{route}", json=order)

    assert answer.json() == {done: len(places), "not_set_aside": [], "remaining": meant - len(places)}
    assert left(client) == [email_id for place, email_id in enumerate(ids[:5]) if place not in places]


@pytest.mark.parametrize(("route", "done"), [("retry", "retried"), ("discard", "discarded")])
def test_ids_that_were_not_set_aside_are_told(client, ids, route, done):
    """Named emails are moved; those that wait, do not exist or went already are listed."""
    named = {"ids": [ids[0], ids[1], ids[5], 999_999]}

    first = client.post(f"/v1/failed/{route}", json=named | {"limit": 1}).json()
    second = client.post(f"/v1/failed/{route}", json=named).json()

    assert first == {done: 1, "not_set_aside": [ids[5], 999_999], "remaining": 1}
    assert second == {done: 1, "not_set_aside": [ids[0], ids[5], 999_999], "remaining": 0}


def test_email_tried_again_waits_in_the_queue(client, ids):
    """A retry over HTTP enqueues, and the counts follow."""
    client.post("/v1/failed/retry", json={"all": True})

    status = client.get("/v1/status").json()
    assert status["emails"] == {"queued": 6, "read": 0, "failed": 0}
    assert (status["queue"]["waiting"], status["failed_by_stage"]) == (5, {})


def test_retry_of_many_gives_way_to_new_mail(client, ids, monkeypatch):
    """While too many wait a filter gets 503 and when to come back; a named email goes at once."""
    monkeypatch.setattr(retrying, "ROOM", 2)

    first = client.post("/v1/failed/retry", json={"all": True})
    second = client.post("/v1/failed/retry", json={"all": True})
    named = client.post("/v1/failed/retry", json={"ids": ids[4:5]})

    assert first.json() == {"retried": 2, "not_set_aside": [], "remaining": 3}
    assert (second.status_code, second.headers["content-type"]) == (503, "application/problem+json")
    assert second.headers["retry-after"]
    assert named.json()["retried"] == 1
    assert left(client) == ids[2:4]


WRONG_ORDERS = (
    b"",
    b"null",
    b"[]",
    b"{broken",
    b"{}",
    b'{"ids": []}',
    b'{"ids": [0]}',
    b'{"ids": [9223372036854775808]}',
    b'{"ids": ["x"]}',
    b'{"ids": 5}',
    b'{"ids": [1], "all": true}',
    b'{"ids": [1], "filter": {"stage": "read"}}',
    b'{"all": false}',
    b'{"all": "yes please"}',
    b'{"filter": {}}',
    b'{"filter": {"errors": "typo"}}',
    b'{"filter": {"error": "a\\u0000b"}}',
    b'{"filter": {"error": "\\ud800"}}',
    b'{"filter": {"since": "2026-03-02T12:00:00"}}',
    b'{"filter": {"until": "9999-12-31T23:59:59-10:00"}}',
    b'{"filter": {"since": 1e300}}',
    b'{"all": true, "limit": 0}',
    b'{"all": true, "limit": 1001}',
    b'{"all": true, "per_second": 5}',
)


@pytest.mark.parametrize("route", ["retry", "discard"])
def test_wrong_order_is_refused_and_moves_nothing(client, ids, route):
    """Whatever is not clearly an order is a 422 with a sentence, and everything stays set aside."""
    for body in WRONG_ORDERS:
        answer = client.post(f"/v1/failed/{route}", content=body, headers={"Content-Type": "application/json"})

        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body
        assert answer.json()["detail"][0] not in ": ", body
    assert left(client) == ids[:5]


@pytest.mark.parametrize("route", ["retry", "discard"])
def test_page_of_another_site_moves_nothing(client, ids, route):
    """What a browser sends for a foreign page is refused."""
    answer = client.post(f"/v1/failed/{route}", json={"all": True}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert left(client) == ids[:5]


def test_discarded_email_can_be_put_back(client, ids):
    """Reopening a discarded email lists it as set aside again."""
    client.post("/v1/failed/discard", json={"ids": ids[:1]})
    client.post(f"/v1/emails/{ids[0]}/reopen")

    assert left(client) == ids[:5]


def test_bytes_of_what_was_set_aside_are_those_that_came(client, ids):
    """The raw route gives them as a download that no browser shows or sniffs, under a name of ours."""
    answer = client.get(f"/v1/emails/{ids[0]}/raw")

    assert answer.content == raw_message("mail 0")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == f'attachment; filename="email-{ids[0]}.eml"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_status_and_metrics_count_what_was_set_aside(client, ids):
    """The number stands in both, by state and by stage."""
    status, metrics = client.get("/v1/status").json(), client.get("/metrics").text

    assert status["emails"]["failed"] == 5
    assert status["failed_by_stage"] == {"read": 5}
    assert 'triage_emails{state="failed"} 5.0' in metrics
    assert 'triage_failed_emails{stage="read"} 5.0' in metrics
