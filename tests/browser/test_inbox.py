"""The inbox as somebody uses it for a day, by keyboard alone: read, correct, see it move, undo, many at once."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.keys import press
from tests.fakes import FakeTextModel
from tests.make import POLICY, reading
from triage.classify import classify
from triage.labels import Topic, Urgency
from triage.settings import sqlite_url
from triage.storage.session import Database

SUBJECTS = ("Gas smell on the landing", "No heating since Monday", "Where is my invoice", "Change of address", "News")
URGENCIES = (Urgency.CRITICAL, Urgency.HIGH, Urgency.NORMAL, Urgency.NORMAL, Urgency.LOW)


@pytest.fixture
def post(empty_site, data):
    """Send a mail that a model reads at once."""
    database = Database(sqlite_url(data))

    def posts(subject, urgency=Urgency.NORMAL):
        email_id = empty_site.post("/v1/emails", {"from": "Jo <jo@example.org>", "subject": subject, "text": "Now."})
        model = FakeTextModel(reading(topic=Topic.TECHNICAL, urgency=urgency, confidence=0.97))
        with database.unit_of_work() as session:
            classify(session, [email_id["id"]], model, POLICY, datetime.now(UTC))
        return email_id["id"]

    yield posts
    database.close()


@pytest.fixture
def page(empty_site, post, window):
    """The list with five mails, most pressing first."""
    for subject, urgency in zip(SUBJECTS, URGENCIES, strict=True):
        post(subject, urgency)
    shown = window(empty_site)
    yield shown.show("/")
    # What the browser logs of a request that a test broke on purpose is no complaint.
    assert [one for one in shown.complaints if "ERR_FAILED" not in one] == []


def subjects(page):
    return page.locator(".row .what a").all_inner_texts()


def focused(page):
    return page.evaluate("document.activeElement.innerText")


def test_mail_is_opened_understood_and_left_by_keys(page):
    """Down, open, the reasons, and back to the row where one was."""
    press(page, "j", "j", "Enter")

    expect(page.locator("h1")).to_have_text("No heating since Monday")
    expect(page.locator(".reasons")).to_contain_text("should be dealt with today")
    expect(page.locator("mark").first).to_have_text("No")

    press(page, "j")
    expect(page.locator("h1")).to_have_text(SUBJECTS[2])
    press(page, "Escape")
    page.wait_for_url("**/")
    expect(page.locator(".row:focus-within .what a")).to_have_text(SUBJECTS[2])


def test_correction_shows_moves_the_mail_and_is_undone(page):
    """One key says the topic, two the urgency; the row goes where that puts it with the reader on it, and back."""
    press(page, "j", "3")
    expect(page.locator(".row").first.locator(".topic")).to_have_text("billing")

    press(page, "u", "4")
    expect(page.locator("#toast")).to_contain_text("Urgency: low")
    expect(page.locator(".row").first.locator(".what a")).not_to_have_text(SUBJECTS[0])
    assert focused(page) == SUBJECTS[0]
    assert subjects(page).index(SUBJECTS[0]) > 0

    press(page, "Control+z")
    expect(page.locator(".row").first.locator(".what a")).to_have_text(SUBJECTS[0])
    press(page, "Control+z")
    expect(page.locator(".row").first.locator(".topic")).to_have_text("technical")


def test_many_are_selected_labelled_done_and_brought_back(page, empty_site):
    """A range by Shift, one topic for all, done, and all of it undone."""
    press(page, "j", "x", "j", "j", "X")
    expect(page.locator("#chosen")).to_have_text("3 selected")

    press(page, "t", "2")
    expect(page.locator("#toast")).to_contain_text("Topic of 3 mails: account")
    press(page, "e")
    expect(page.locator(".row")).to_have_count(2)
    assert len(empty_site.get("/v1/inbox")["items"]) == 2

    press(page, "Control+z")
    expect(page.locator(".row")).to_have_count(5)
    press(page, "Control+z")
    expect(page.locator(".row .topic.said")).to_have_count(0)


def test_new_mail_is_announced_and_moves_nothing(page, post):
    """A strip says that one is new; the list stays as it is until the reader wants it."""
    page.wait_for_timeout(1500)  # until the stream of events is open and has looked once
    press(page, "j")
    post("Flood in the cellar", Urgency.CRITICAL)

    expect(page.locator("#strip")).to_have_text("1 new")
    assert subjects(page) == list(SUBJECTS)
    press(page, "r")
    expect(page.locator(".row")).to_have_count(6)
    assert focused(page) == SUBJECTS[0]


def test_what_the_server_refuses_goes_back_with_a_sentence(page):
    """A correction that could not be saved is not left standing as if it had been."""
    page.route("**/v1/emails/*/labels", lambda route: route.abort())
    press(page, "j", "3")

    expect(page.locator("#toast")).to_contain_text("This was not saved: the server does not answer")
    expect(page.locator(".row").first.locator(".topic")).to_have_text("technical")


def test_keys_do_nothing_while_somebody_types(page):
    """A search for `jet` neither moves nor labels anything."""
    press(page, "/")
    page.keyboard.type("3e")

    expect(page.locator("[name=q]")).to_have_value("3e")
    expect(page.locator(".row .topic.said")).to_have_count(0)
    expect(page.locator(".row")).to_have_count(5)


def test_help_lists_every_key_that_is_bound(page):
    """`?` shows the keys, from the table that binds them."""
    press(page, "?")

    for what in ("next mail", "urgency", "undo", "search"):
        expect(page.locator("#help")).to_contain_text(what)
    press(page, "Escape")
    expect(page.locator("#help")).to_be_hidden()
