"""Webhooks in a browser: added with the secret shown once, and what was sent, sent again."""

import pytest


@pytest.mark.parametrize("look", ["light", "german-phone"])
def test_webhook_is_added_and_its_log_shown(empty_site, window, look):
    """The form adds it and shows the secret; its page lists what waits, with a button to send it again."""
    shown = window(empty_site, look)
    page = shown.show("/webhooks")

    page.locator("#url").fill("https://receiver.invalid/triage")
    page.locator("input[value='email.ranked']").check()
    page.locator("#new button").click()
    secret = page.locator("#secret code")
    secret.wait_for()

    assert secret.inner_text().startswith("whsec_")
    assert shown.barriers() == []
    assert not shown.scrolls_sideways()
    page = shown.show("/webhooks/1")
    for button in ("main > p button.ask >> nth=0", "tbody button.ask"):
        with page.expect_navigation():
            page.locator(button).click()
        page.locator("#told:not(:empty)").wait_for()

    assert "whsec_" not in page.locator("main").inner_text()
    assert shown.barriers() == []
    assert not shown.scrolls_sideways()
    assert shown.complaints == []
    (told,) = empty_site.get("/v1/webhooks/1/deliveries")["items"]
    assert (told["event"], told["state"]) == ("webhook.test", "waiting")


def test_address_that_cannot_be_is_told_beside_the_form(empty_site, window):
    """A refusal is a sentence on the page, and nothing is added."""
    page = window(empty_site).show("/webhooks")

    page.locator("#url").fill("https://127.0.0.1/")
    page.locator("input[value='email.ranked']").check()
    page.locator("#new button").click()

    page.locator("#fault:not(:empty)").wait_for()
    assert "private network" in page.locator("#fault").inner_text()
    assert empty_site.get("/v1/webhooks")["items"] == []
