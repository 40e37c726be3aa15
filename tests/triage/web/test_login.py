"""The door of the web inbox: links, keys, sessions, and changes that come from elsewhere."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from tests.keys import make_key
from tests.make import url_of
from triage.access import Scope
from triage.settings import Settings
from triage.storage import keys, logins
from triage.storage.session import Database
from triage.storage.tables import LoginLink, WebSession
from triage.web.app import create_app

PAGE = {"Accept": "text/html", "Origin": "http://testserver"}


@pytest.fixture
def settings(data, redis) -> Settings:
    """Settings of an instance on SQLite."""
    return Settings(data_dir=data, redis_url=url_of(redis), allowed_hosts=("testserver",), max_wrong_keys=3)


@pytest.fixture
def database(settings):
    """Its database."""
    made = Database(settings.database_url)
    yield made
    made.close()


@pytest.fixture
def browser(settings):
    """A browser that nobody is logged in with."""
    with TestClient(create_app(settings), follow_redirects=False) as made:
        made.headers.update(PAGE)
        yield made


def link(database, *, life=timedelta(minutes=15)):
    with database.unit_of_work() as session:
        return "/login?link=" + logins.make_link(session, datetime.now(UTC), life=life)


def test_link_lets_one_in_once_as_an_administrator(browser, settings, database):
    """It sets a cookie that scripts cannot read and other sites cannot send with a change; a second time it is over."""
    address = link(database)

    first = browser.get(address)
    inbox, keys_page = browser.get("/"), browser.get("/keys")
    with TestClient(create_app(settings), follow_redirects=False) as other:
        second = other.get(address, headers=PAGE)

    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert (inbox.status_code, keys_page.status_code) == (200, 200)
    assert second.status_code == 401
    assert "set-cookie" not in second.headers


def test_link_that_is_too_old_lets_nobody_in(browser, database):
    """Its life is minutes, and then it is as good as none."""
    assert browser.get(link(database, life=timedelta(0))).status_code == 401


def test_neither_links_nor_sessions_nor_keys_are_stored(browser, database):
    """What is in the database lets nobody in: digests alone."""
    address, key = link(database), make_key(database)
    secret = browser.get(address).cookies["triage_session_8025"]

    with database.reading() as session:
        stored = [row.digest for table in (LoginLink, WebSession) for row in session.query(table)]
        stored += [row.digest for row in keys.all_keys(session)]
        shown = [row.beginning for row in keys.all_keys(session)]
    assert all(len(digest) == 32 for digest in stored)
    assert not any(told.encode() in digest for told in (key, secret) for digest in stored)
    assert all(len(key) - len(one) > 50 for one in shown)


def test_behind_https_the_cookie_is_for_https_alone(settings, database):
    """The scheme that the client used decides."""
    with TestClient(create_app(settings), base_url="https://testserver", follow_redirects=False) as safe:
        assert "Secure" in safe.get(link(database)).headers["set-cookie"].split("; ")


def test_page_without_a_session_leads_to_the_door_and_back(browser, database):
    """A reader who is not logged in is sent to log in, and from there to what they wanted; never to another site."""
    asked = browser.get("/models?mailbox=x")
    door = browser.get(asked.headers["location"])
    back = parse_qs(urlsplit(asked.headers["location"]).query)["back"][0]
    form = {"key": make_key(database), "back": back}
    in_ = browser.post("/login", data=form)
    astray = browser.post("/login", data={**form, "back": "//evil.example/"})

    assert (asked.status_code, door.status_code) == (303, 200)
    assert (in_.status_code, in_.headers["location"]) == (303, "/models?mailbox=x")
    assert astray.headers["location"] == "/"


def test_session_by_a_key_may_what_the_key_may_and_ends_with_it(browser, database):
    """A viewer reads and changes nothing; once the key is revoked the session is none."""
    browser.post("/login", data={"key": make_key(database, Scope.READ)})

    read, changed, keys_page = browser.get("/"), browser.post("/v1/emails/1/done"), browser.get("/keys")
    with database.unit_of_work() as session:
        keys.revoke(session, 1, author="test", now=datetime.now(UTC))
    browser.app.state.doorman.forget()

    assert (read.status_code, changed.status_code, keys_page.status_code) == (200, 403, 403)
    assert 'href="/keys"' not in read.text
    assert browser.get("/v1/inbox").status_code == 401


def test_logging_out_ends_the_session(browser, database):
    """The cookie is taken back, and what it held is worth nothing."""
    browser.get(link(database))
    secret = browser.cookies["triage_session_8025"]

    out = browser.post("/logout")

    browser.cookies.set("triage_session_8025", secret)
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert browser.get("/v1/inbox").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Referer": "https://evil.example/page"},
        {},
    ],
)
def test_change_by_a_session_must_come_from_a_page_of_ours(browser, database, headers):
    """Also a browser so old that it says nothing of where a form comes from is refused, at every door."""
    browser.get(link(database))
    del browser.headers["Origin"]

    answers = [browser.post(path, headers=headers) for path in ("/v1/emails/1/done", "/logout", "/keys", "/login")]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert browser.get("/v1/inbox").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://testserver"}, {"Referer": "http://testserver/"}, {"X-Triage-Page": "1"}]
)
def test_change_by_a_session_from_a_page_of_ours_is_made(browser, database, headers):
    """Each of what browsers send with our own pages is enough by itself."""
    browser.get(link(database))
    del browser.headers["Origin"]

    assert browser.post("/v1/emails/1/done", headers=headers).status_code == 404


def test_who_guesses_is_told_to_wait_and_who_knows_is_not(browser, database):
    """After some wrong keys an address gets 429 with `Retry-After`; a key that was good lately works on from there."""
    good = {"Authorization": f"Bearer {make_key(database)}"}
    browser.get("/v1/inbox", headers=good)

    wrong = [browser.get("/v1/inbox", headers={"Authorization": f"Bearer {n}"}) for n in range(4)]
    at_the_door = browser.post("/login", data={"key": "wrong"})

    assert [answer.status_code for answer in wrong] == [401, 401, 401, 429]
    assert 1 <= int(wrong[-1].headers["retry-after"]) <= 20
    assert at_the_door.status_code == 429
    assert browser.get("/v1/inbox", headers=good).status_code == 200


def test_key_made_on_the_page_is_shown_once_and_works(browser, database):
    """The page shows a key after it was made and never again; it is for the mailboxes that were chosen."""
    browser.get(link(database))

    made = browser.post("/keys", data={"name": "web form", "role": "agent", "days": "30", "mailbox": ["a", "b"]})
    later = browser.get("/keys").text

    key = made.text.partition('class="secret">')[2].partition("<")[0]
    assert key.startswith("triage_")
    assert key not in later
    assert "web form" in later
    told = browser.get("/v1/keys").json()["items"][0]
    assert (told["scopes"], told["mailboxes"], told["created_by"]) == (["read", "submit", "label"], ["a", "b"], "web")
    assert browser.get("/v1/inbox", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert browser.delete("/v1/keys/1").json()["revoked_by"] == "web"
    assert browser.get("/v1/inbox", headers={"Authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.parametrize(
    "form",
    [{"role": "agent"}, {"name": "x"}, {"name": "x", "role": "king"}, {"name": "x", "role": "agent", "days": "x"}],
)
def test_form_that_asks_for_no_key_is_told_so(browser, database, form):
    """Nothing is made of it."""
    browser.get(link(database))

    assert browser.post("/keys", data=form).status_code == 422
    assert browser.get("/v1/keys").json()["items"] == []


def test_both_languages_have_the_door(browser):
    """The page speaks the reader's language."""
    assert "Anmelden" in browser.get("/login", headers={"Accept-Language": "de"}).text
    assert "Log in" in browser.get("/login").text


def test_page_offers_nothing_that_whoever_looks_at_it_may_not_do(browser, database):
    """A viewer has no buttons for models and policies and no list of what to label; the style sheet hides the rest."""
    viewer, admin = ({"Authorization": f"Bearer {make_key(database, scope)}"} for scope in (Scope.READ, Scope.ADMIN))
    sent = browser.post("/v1/emails", json={"subject": "a", "text": "b"}, headers=admin)
    assert sent.status_code == 202

    for path, offer in (("/models", 'data-post="/v1/trainings"'), ("/policy", 'data-do="set"'), ("/", "/label-next")):
        assert offer in browser.get(path, headers=admin).text
        assert offer not in browser.get(path, headers=viewer).text
    assert '<body class="looks-on">' in browser.get("/", headers=viewer).text
    assert "<body>" in browser.get("/", headers=admin).text
