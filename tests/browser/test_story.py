"""The first minutes of a new user, told in docs/first-steps.md: from the address that `triage up --demo` prints."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.figures import LOW, MOST_BYTES, SIZE, keep_figure
from tests.browser.keys import press
from tests.browser.site import Site
from tests.system.conftest import until

# On a loaded machine; a quiet one takes some seconds.
GROUPED_WITHIN_SECONDS = 120
FOLLOWS_WITHIN_MS = 60_000
ASKED_FOR = "water tower"


@pytest.fixture
def printed(instance):
    """The address that `triage up` prints, once the blackout of the sample mail is one row."""
    until(lambda: instance.http.get("/v1/incidents").json()["items"], GROUPED_WITHIN_SECONDS)
    address = re.search(r"inbox\s+(http://\S+)", instance.output.read_text())
    assert address is not None
    return Site(address[1].rstrip("/"), instance.key, instance.session)


@pytest.fixture
def shown(printed, window):
    """A window as wide as the pictures are; nothing goes wrong in it."""
    opened = window(printed)
    opened.page.set_viewport_size(SIZE)
    yield opened
    assert opened.complaints == []
    assert opened.asked_elsewhere() == []


def keep(window, name):
    """Keep a picture of a step."""
    assert keep_figure(window, name) <= MOST_BYTES


def test_most_pressing_mail_says_why_it_is_first(shown):
    """The first row opens by Enter: reasons with their weight, and the words they rest on marked in the letter."""
    page = shown.show("/")
    keep(shown, "list")
    subject = page.locator(".row .what a").first.inner_text()

    press(page, "j", "Enter")

    expect(page.locator("h1")).to_have_text(subject)
    assert page.locator(".reasons li").count() >= 3
    assert page.locator(".text mark").count() >= 1
    keep(shown, "why")


def test_topic_is_said_with_one_key_and_similar_mail_follows(shown):
    """One of four that ask for the same is an order by the key 4; two follow and say why, and undo frees them."""
    shown.page.set_viewport_size(LOW)
    page = shown.show("/")
    press(page, "/")
    page.keyboard.type(ASKED_FOR)
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(4)
    expect(page.locator(".topic", has_text="order")).to_have_count(0)
    keep(shown, "search")

    press(page, "j", "4")

    expect(page.locator(".row .topic.said")).to_have_text("order")
    keep(shown, "topic")
    expect(page.locator(".row .topic.suggested", has_text="order")).to_have_count(2, timeout=FOLLOWS_WITHIN_MS)
    keep(shown, "followed")

    other = shown.context.new_page()
    other.set_viewport_size(SIZE)
    other.goto(shown.page.locator(".row:has(.topic.suggested:text('order')) .what a").first.evaluate("(a) => a.href"))
    expect(other.locator(".reasons")).to_contain_text("as mail like it was labelled here")
    other.close()

    press(page, "Control+z")
    expect(page.locator(".topic", has_text="order")).to_have_count(0, timeout=FOLLOWS_WITHIN_MS)


def test_incident_is_closed_at_once_and_undone(shown):
    """Nine mails about a blackout are one row: opened, done by one key, and back by another."""
    page = shown.show("/")
    opened = int(page.locator(".counts b").first.inner_text())
    row = page.locator(".row.incident")
    row.locator("a").press("Enter")
    expect(page.locator(".row")).to_have_count(9)
    keep(shown, "incident")
    press(page, "Escape")

    expect(page.locator(".row.incident:focus-within")).to_be_visible()
    press(page, "e")

    expect(page.locator("#toast")).to_contain_text("9 mails done")
    expect(row).to_have_count(0)
    expect(page.locator(".counts b").first).to_have_text(str(opened - 9))
    keep(shown, "closed")
    press(page, "Control+z")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("9 mails")
    expect(page.locator(".counts b").first).to_have_text(str(opened))
    keep(shown, "undone")
