"""The policy of a mailbox as a person changes it: tried, seen, put in force, taken back."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.window import LOOKS
from tests.fakes import FakeTextModel
from tests.make import POLICY, reading
from triage.classify import classify
from triage.labels import Urgency
from triage.settings import sqlite_url
from triage.storage.session import Database

RULE = '\n[[rules]]\nsenders = ["@clinic.example"]\nat_least = "critical"\n'


@pytest.fixture
def mails(empty_site, data):
    """Two mails, one of a clinic that stands below."""
    database, now = Database(sqlite_url(data)), datetime.now(UTC)
    for sender, urgency in (("jo@example.org", Urgency.HIGH), ("desk@clinic.example", Urgency.LOW)):
        mail = empty_site.post("/v1/emails", {"from": sender, "subject": f"From {sender}", "text": "Hello."})
        with database.unit_of_work() as session:
            classify(session, [mail["id"]], FakeTextModel(reading(urgency=urgency, confidence=0.97)), POLICY, now)
    database.close()


@pytest.fixture
def shown(empty_site, mails, window):
    """A window on the page; what the server refuses is logged by the browser, and is no complaint."""
    opened = window(empty_site)
    yield opened
    assert [one for one in opened.complaints if "422" not in one] == []


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_dry_run_says_what_would_move_and_stores_nothing(shown, empty_site):
    """How many of how many, the bands before and after, the largest moves; the policy in force stays."""
    page = shown.show("/policy")
    before = empty_site.get("/v1/mailboxes/main/policy")
    page.locator("#text").fill(before["text"] + RULE)

    press(page, "Dry run")

    expect(page.locator("#moves h2")).to_have_text("1 of 2 mails would move")
    expect(page.locator("#moves")).to_contain_text("low → critical")
    expect(page.locator("#moves")).to_contain_text("2 → 1")
    assert shown.barriers() == []
    assert empty_site.get("/v1/mailboxes/main/policy") == before


def test_fault_is_shown_at_the_entry_it_names(shown, empty_site):
    """The sentence says the line, and the line is selected, for figures, rules and broken TOML; nothing is stored."""
    page = shown.show("/policy")
    text = empty_site.get("/v1/mailboxes/main/policy")["text"]
    faults = {
        text.replace("billing = 0.60", "billing = 7"): "billing = 7",
        text + RULE + RULE.replace('"critical"', '"urgent"'): 'at_least = "urgent"',
        text.replace("horizon_days = 30", "horizon_days = = 30"): "horizon_days = = 30",
        text.replace("horizon_days = 30", "horizon_days = 0"): "horizon_days = 0",
        text + "\n[topics]\nbilling = 1\n": "[topics]",
    }

    for faulty, line in faults.items():
        page.locator("#text").fill(faulty)
        press(page, "Check")
        expect(page.locator("#fault")).to_contain_text(f"Line {faulty.splitlines().index(line) + 1}:")
        selected = page.locator("#text").evaluate("(box) => box.value.slice(box.selectionStart, box.selectionEnd)")
        assert selected == line

    page.locator("#text").fill(text)
    press(page, "Check")
    expect(page.locator("#moves")).to_contain_text("This policy can be used")
    expect(page.locator("#fault")).to_be_empty()


def test_policy_is_put_in_force_listed_and_taken_back(shown, empty_site):
    """Put in force with a reason, it stands atop the versions; one is shown, and going back takes it back."""
    page = shown.show("/policy")
    before = empty_site.get("/v1/mailboxes/main/policy")
    page.locator("#text").fill(before["text"] + RULE)
    page.get_by_label("Reason").fill("clinics must not wait")
    press(page, "Put in force")

    expect(page.locator("#told")).to_contain_text("It is in force")
    expect(page.locator("tbody tr").first).to_contain_text("clinics must not wait")
    assert empty_site.get("/v1/mailboxes/main/policy")["source"] == "mailbox"
    page.get_by_role("link", name="Show version").first.click()
    expect(page.locator("#text")).to_have_value(before["text"] + RULE)

    press(page, "Go back to the one before")
    press(page, "Yes")

    expect(page.locator("tbody tr")).to_have_count(3)
    assert empty_site.get("/v1/mailboxes/main/policy")["version"] == before["version"]


@pytest.mark.parametrize("look", LOOKS)
def test_policy_page_keeps_nobody_out(empty_site, mails, window, look):
    """With a history and a dry run: nothing serious for axe, no sideways scrolling, nothing asked elsewhere."""
    text = empty_site.get("/v1/mailboxes/main/policy")["text"]
    order = {"text": text + RULE, "author": "anna", "reason": "clinics"}
    empty_site.put("/v1/mailboxes/main/policy", order)
    opened = window(empty_site, look)
    page = opened.show("/policy")
    page.locator("#text").fill(text)
    page.locator("[data-do=dry_run]").click()
    expect(page.locator("#moves h2")).to_be_visible()
    opened.keep_picture("policy")

    assert opened.barriers() == []
    assert not opened.scrolls_sideways()
    assert opened.complaints == []
    assert opened.asked_elsewhere() == []
