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
from triage.storage.tables import Training

SHIPPED = manifest_in(DEFAULT_BUNDLE)


REPORT = {
    "heads": {
        "topic": {
            "reliability": [
                {"confidence": 0.45, "accuracy": 0.5, "mails": 10},
                {"confidence": 0.75, "accuracy": 0.7, "mails": 30},
                {"confidence": 0.97, "accuracy": 0.95, "mails": 60},
            ]
        }
    },
    "curve": [
        {"labels": labels, "figures": {"topic_macro_f1": f1}} for labels, f1 in ((20, 0.5), (80, 0.7), (200, 0.8))
    ],
}


def training(main):
    """The training that made the version, with its report."""
    return Training(
        mailbox_id=main,
        cause="person",
        author="anna",
        requested_at=NOW,
        started_at=NOW,
        finished_at=NOW,
        state="activated",
        reason="better in topics",
        stage="done",
        progress=1.0,
        attempts=1,
        labels_seen="0",
        labels_used=200,
        labels_ignored={},
        version="text-own",
        figures={"report": REPORT},
    )


@pytest.fixture
def site_of_two(data, redis, tmp_path):
    """An instance whose mailbox has a version of its own beside the shipped one."""
    database = Database(sqlite_url(data))
    accept(make_intake(database, redis), raw_message())
    bundle = tmp_path / "text-own"
    bundle.mkdir()
    write_manifest(bundle, replace(SHIPPED, version="text-own"))
    with database.unit_of_work() as session:
        main = mailbox_id(session, "main")
        registry.install(session, bundle, mailbox_id=main, now=NOW)
        session.add(training(main))
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
    figures = page.locator("figure figcaption").all_inner_texts()
    activated = site_of_two.get("/v1/models")
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_selector(f"li.active:has-text('{SHIPPED.version}')")

    assert (activated["active"], activated["items"][0]["activated_by"]) == ("text-own", "web")
    assert figures == ["Is it right as often as it says?", "What labels bought", "If only sure topics are applied"]
    assert site_of_two.get("/v1/models")["active"] == SHIPPED.version
    assert (shown.barriers(), shown.complaints) == ([], [])


def test_what_cannot_be_done_is_told_in_a_sentence(site_of_two, window):
    """Rolling back twice where there was one version: the answer of the API is shown, and the page stays."""
    page = window(site_of_two).show("/models")

    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes").click()

    page.wait_for_selector("text=has no version to return to")
