"""One matter is one row: opened, handled and brought back at once, by keys and by buttons."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.keys import press
from tests.browser.window import LOOKS
from tests.make import POLICY
from tests.triage.incidents.conftest import OTHERS, POWER, WordsModel
from triage.classify import classify
from triage.incidents.grouping import group_emails
from triage.settings import sqlite_url
from triage.storage.session import Database

SUBJECTS = [f"{POWER} {word}" for word in ("urgent", "when", "really", "again", "sorry", "hello")]


@pytest.fixture
def arrive(empty_site, data):
    """Send mails that a model reads, and group them."""
    database = Database(sqlite_url(data))

    def arrives(*subjects):
        ids = [empty_site.post("/v1/emails", {"subject": one, "text": one})["id"] for one in subjects]
        now = datetime.now(UTC)
        with database.unit_of_work() as session:
            classify(session, ids, WordsModel(), POLICY, now)
        group_emails(database, ids, now)
        return ids

    yield arrives
    database.close()


@pytest.fixture
def shown(empty_site, arrive, window):
    """The list with six mails about one matter and six others."""
    arrive(*SUBJECTS, *OTHERS)
    opened = window(empty_site)
    yield opened
    assert opened.complaints == []


def test_matter_is_one_row_and_done_labelled_and_undone_by_one_key(shown, empty_site):
    """Six mails are a row with their number and words; `e` and a digit mean all six, and undo brings all back."""
    page = shown.show("/")
    row = page.locator(".row.incident")
    expect(page.locator(".row")).to_have_count(7)
    expect(row).to_contain_text("6 mails")
    expect(row).to_contain_text("+6 in 15 min")
    expect(row.locator(".snippet")).to_contain_text("power")

    row.locator("a").focus()
    press(page, "3")
    expect(page.locator("#toast")).to_contain_text("Topic of 6 mails: billing")
    expect(row.locator(".topic")).to_have_class("topic said")
    press(page, "e")
    expect(row).to_have_count(0)
    assert len(empty_site.get("/v1/inbox")["items"]) == 6

    press(page, "Control+z")
    expect(row).to_have_count(1)
    press(page, "Control+z")
    expect(row.locator(".topic.said")).to_have_count(0)


def test_matter_opens_as_a_list_and_leads_back_to_its_row(shown):
    """Enter shows its mails and what they share; all are done and opened again by a button; Escape leads back."""
    page = shown.show("/")
    page.locator(".row.incident a").focus()
    press(page, "Enter")

    expect(page.locator("h1")).to_contain_text(POWER)
    expect(page.locator(".heading")).to_contain_text("6 mails to main about one matter")
    expect(page.locator(".row")).to_have_count(6)
    page.get_by_role("button", name="All done").click()
    expect(page.locator(".row.done")).to_have_count(6)
    page.get_by_role("button", name="Reopen all").click()
    expect(page.locator(".row.done")).to_have_count(0)
    press(page, "j", "e")
    expect(page.locator(".row.done")).to_have_count(1)
    press(page, "Control+z")
    expect(page.locator(".row.done")).to_have_count(0)

    press(page, "T", "2")
    expect(page.locator(".row .topic.said")).to_have_count(6)
    page.locator(".all").get_by_role("button", name="Undo").click()
    expect(page.locator(".row .topic.said")).to_have_count(0)
    press(page, "Escape")
    page.wait_for_url("**/")
    expect(page.locator(".row:focus-within")).to_contain_text("6 mails")


def test_matter_is_put_off_by_one_key_and_comes_back(shown, empty_site):
    """`z` on its row and `Z` on its page mean all of it; undo brings all back, and so does the button."""
    page = shown.show("/")
    row = page.locator(".row.incident")
    row.locator("a").focus()
    press(page, "z", "1")
    expect(row).to_have_count(0)
    assert len(empty_site.get("/v1/inbox?state=snoozed")["items"]) == 6
    press(page, "Control+z")
    expect(row).to_have_count(1)

    row.locator("a").focus()
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text(POWER)
    press(page, "Z", "2")
    expect(page.locator(".counts")).to_contain_text("Put off until")
    page.get_by_role("button", name="Back to the inbox").click()
    expect(page.locator(".counts")).not_to_contain_text("Put off until")
    assert empty_site.get("/v1/inbox?state=snoozed")["items"] == []


def test_matter_that_grows_is_brought_up_to_date_where_it_stands(shown, arrive):
    """A mail that joins changes the number in the row, and moves nothing."""
    page = shown.show("/")
    page.wait_for_timeout(1500)  # until the stream of events is open and has looked once

    arrive(f"{POWER} still")

    expect(page.locator(".row.incident")).to_contain_text("7 mails")
    expect(page.locator(".row")).to_have_count(7)


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_matters_keep_nobody_out(empty_site, arrive, window, look):
    """List, incidents and one incident: nothing serious for axe, no sideways scrolling, nothing asked elsewhere."""
    arrive(*SUBJECTS, *OTHERS)
    opened = window(empty_site, look)
    incident = empty_site.get("/v1/incidents")["items"][0]["id"]

    for path, name in (("/", "grouped"), ("/incidents", "incidents"), (f"/incidents/{incident}", "incident")):
        opened.show(path)
        opened.keep_picture(name)

        assert opened.barriers() == [], path
        assert not opened.scrolls_sideways(), path
        assert opened.complaints == [], path
        assert opened.asked_elsewhere() == [], path
