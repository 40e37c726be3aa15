"""Mail that is due, and mail that is put off, as the inbox shows them."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.fakes import FakeTextModel
from tests.make import reading
from triage.classify import classify
from triage.labels import Urgency
from triage.policies import checked
from triage.ranking import policy_text
from triage.settings import sqlite_url
from triage.storage.session import Database

TARGETS = "\n[answer_within]\ncritical = 1\nhigh = 8\n"


@pytest.fixture
def page(empty_site, data, window):
    """The list with a mail that is overdue, one that is due, and one that nobody waits for."""
    database, now = Database(sqlite_url(data)), datetime.now(UTC)
    policy = checked(policy_text(None) + TARGETS)
    for subject, urgency in (("Gas smell", Urgency.CRITICAL), ("No heating", Urgency.HIGH), ("News", Urgency.LOW)):
        came = (now - timedelta(hours=3)).isoformat()
        mail = empty_site.post("/v1/emails", {"subject": subject, "text": "Now.", "received_at": came})
        with database.unit_of_work() as session:
            classify(session, [mail["id"]], FakeTextModel(reading(urgency=urgency, confidence=0.97)), policy, now)
    database.close()
    shown = window(empty_site)
    yield shown.show("/")
    assert shown.barriers() == []
    assert shown.complaints == []


def test_what_is_due_says_so_in_row_and_email_and_overdue_is_a_filter(page):
    """Overdue and due in words, nothing where there is no target; the filter leaves what is overdue."""
    expect(page.locator(".row").nth(0)).to_contain_text("overdue since 2")
    expect(page.locator(".row").nth(1)).to_contain_text("due in 5")
    expect(page.locator(".row").nth(2).locator(".due")).to_have_count(0)

    page.get_by_label("State").select_option("Overdue")
    expect(page.locator(".row")).to_have_count(1)
    page.locator(".row a").click()
    expect(page.locator(".notice.bad")).to_contain_text("overdue since 2")


def test_mail_is_put_off_by_a_button_and_undone(page, empty_site):
    """The bar puts off what is selected; the sentence takes it back."""
    page.locator(".row input").first.click()
    page.locator("#bulk").get_by_role("button", name="Put off").click()
    page.get_by_role("button", name="in an hour").click()
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("#toast")).to_contain_text("Put off")
    assert [one["subject"] for one in empty_site.get("/v1/inbox?state=snoozed")["items"]] == ["Gas smell"]

    page.locator("#toast").get_by_role("button", name="Undo").click()

    expect(page.locator(".row")).to_have_count(3)
    assert empty_site.get("/v1/inbox?state=snoozed")["items"] == []


def test_what_is_put_off_is_listed_and_comes_back(page, empty_site):
    """Its list says for how long; a button brings it back, and undo puts it off until the same moment."""
    first = empty_site.get("/v1/inbox")["items"][0]["id"]
    until = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    before = empty_site.post(f"/v1/emails/{first}/snooze", {"until": until})["snoozed_until"]
    page.get_by_label("State").select_option("Put off")
    expect(page.locator(".row")).to_contain_text("put off for 3")

    page.locator(".row input").click()
    page.get_by_role("button", name="Back to the inbox").click()
    expect(page.locator(".row")).to_have_count(0)
    page.keyboard.press("Control+z")

    expect(page.locator(".row")).to_have_count(1)
    assert empty_site.get(f"/v1/emails/{first}")["snoozed_until"] == before

    page.locator(".row a").focus()
    page.keyboard.press("e")
    expect(page.locator(".row")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".row")).to_have_count(1)
