"""The page of the status: what is wrong can be seen there and mended."""

import pytest

from tests.browser.site import serving
from tests.make import NOW, accept, make_intake, raw_message, url_of
from triage.settings import Settings, sqlite_url
from triage.storage import queued
from triage.storage.session import Database

CAUSE = "the model gave no answer; is its bundle whole?"


@pytest.fixture
def failing_site(data, redis):
    """An instance that set three emails aside for one cause."""
    database = Database(sqlite_url(data))
    made = [one.email_id for one in accept(make_intake(database, redis), *(raw_message(f"mail {n}") for n in range(3)))]
    with database.unit_of_work() as session:
        for email_id in made:
            queued.EMAILS.set_aside(session, email_id, error=CAUSE, stage="read", attempts=5, now=NOW)
    database.close()
    with serving(Settings(data_dir=data, redis_url=url_of(redis))) as started:
        yield started


@pytest.mark.parametrize("look", ["light", "german-phone"])
def test_what_was_set_aside_is_shown_by_cause_and_tried_again(failing_site, window, look):
    """One cause is one entry with its count; a click gives all of it fresh attempts, and the page says how many."""
    shown = window(failing_site, look)
    page = shown.show("/status")
    shown.keep_picture("status-failing")
    assert (shown.barriers(), shown.scrolls_sideways()) == ([], False)

    page.locator("button.ask").first.click()
    page.wait_for_selector("#told:has-text('3')")

    assert failing_site.get("/v1/status")["emails"]["failed"] == 0
    assert page.get_by_text(CAUSE).count() == 0
    assert shown.complaints == []


def test_discarding_asks_first(failing_site, window):
    """No changes nothing; yes takes the mail off the list."""
    page = window(failing_site).show("/status")
    discard = page.get_by_role("button", name="Discard")

    discard.click()
    page.get_by_role("button", name="No").click()
    assert failing_site.get("/v1/status")["emails"]["failed"] == 3
    discard.click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_selector("text=3 discarded")

    assert failing_site.get("/v1/status")["emails"]["failed"] == 0


def test_button_says_what_went_wrong(failing_site, window):
    """When nobody answers, the page says so and stands as it was."""
    shown = window(failing_site)
    page = shown.show("/status")
    page.route("**/v1/**", lambda route: route.abort())

    page.get_by_role("button", name="Try again").click()

    page.wait_for_selector("text=Triage does not answer")
    assert page.get_by_text(CAUSE).count() == 1
