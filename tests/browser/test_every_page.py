"""What holds for every page that the navigation leads to, and for an email."""

import pytest

from tests.browser.window import LOOKS

EMPTY_LOOKS = ("light", "german-phone")


def places(window):
    """Every page that the navigation leads to, and the foot."""
    links = window.show("/").locator("nav.places a, .foot nav:not(.languages) a")
    return [one.get_attribute("href") for one in links.all()]


@pytest.mark.parametrize("look", LOOKS)
def test_page_keeps_nobody_out_and_fits_its_window(site, window, look):
    """On each page axe finds nothing serious, nothing scrolls sideways, and nothing is asked of anybody else."""
    shown = window(site, look)
    first = site.get("/v1/inbox?limit=1")["items"][0]["id"]

    for path in [*places(shown), f"/emails/{first}"]:
        shown.show(path)
        shown.keep_picture("email" if path.startswith("/emails/") else "")

        assert shown.barriers() == [], path
        assert not shown.scrolls_sideways(), path
        assert shown.complaints == [], path
        assert shown.asked_elsewhere() == [], path


@pytest.mark.parametrize("look", EMPTY_LOOKS)
def test_page_without_anything_to_show_says_so(empty_site, window, look):
    """A new instance has no broken page: each says what it will show, fits, and keeps nobody out."""
    shown = window(empty_site, look)

    for path in places(shown):
        page = shown.show(path)
        shown.keep_picture(f"empty{path.replace('/', '-') if path != '/' else '-inbox'}")

        assert page.locator("h1").count() == 1, path
        assert shown.barriers() == [], path
        assert not shown.scrolls_sideways(), path
        assert shown.complaints == [], path


def test_language_is_chosen_at_the_foot_and_kept(site, window):
    """An English reader may choose German; every page speaks it from then on, and comes back to where they were."""
    shown = window(site)
    page = shown.show("/?band=low")

    page.get_by_role("link", name="Deutsch", exact=True).click()

    assert page.url.endswith("/?band=low")
    assert page.locator("html").get_attribute("lang") == "de"
    assert shown.show("/").locator("html").get_attribute("lang") == "de"


def test_first_stop_of_the_keyboard_skips_to_the_content(site, window):
    """Tab and Enter lead past the navigation."""
    page = window(site).show("/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
