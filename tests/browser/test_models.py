"""Choosing by which model a mailbox is read."""

from dataclasses import replace

import pytest

from tests.browser.site import serving
from tests.make import NOW, accept, make_intake, raw_message, url_of
from triage import registry
from triage.serving.manifest import DEFAULT_BUNDLE, manifest_in, write_manifest
from triage.settings import Settings, sqlite_url
from triage.storage.mailboxes import mailbox_id
from triage.storage.session import Database

SHIPPED = manifest_in(DEFAULT_BUNDLE)


@pytest.fixture
def site_of_two(data, redis, tmp_path):
    """An instance whose mailbox has a version of its own beside the shipped one."""
    database = Database(sqlite_url(data))
    accept(make_intake(database, redis), raw_message())
    bundle = tmp_path / "text-own"
    bundle.mkdir()
    write_manifest(bundle, replace(SHIPPED, version="text-own"))
    with database.unit_of_work() as session:
        registry.install(session, bundle, mailbox_id=mailbox_id(session, "main"), now=NOW)
    database.close()
    with serving(Settings(data_dir=data, redis_url=url_of(redis))) as started:
        yield started


def test_version_is_activated_and_rolled_back(site_of_two, window):
    """Each asks first, says what it did, and is what the API tells afterwards, by whom."""
    shown = window(site_of_two)
    page = shown.show("/models")

    page.get_by_role("button", name="Activate text-own").click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_selector("li.active:has-text('text-own')")
    shown.keep_picture("models-two")
    activated = site_of_two.get("/v1/models")
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_selector(f"li.active:has-text('{SHIPPED.version}')")

    assert (activated["active"], activated["items"][0]["activated_by"]) == ("text-own", "web")
    assert site_of_two.get("/v1/models")["active"] == SHIPPED.version
    assert (shown.barriers(), shown.complaints) == ([], [])


def test_what_cannot_be_done_is_told_in_a_sentence(site_of_two, window):
    """Rolling back twice where there was one version: the answer of the API is shown, and the page stays."""
    page = window(site_of_two).show("/models")

    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes").click()

    page.wait_for_selector("text=has no version to return to")
