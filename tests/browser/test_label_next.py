"""Labelling the mail that teaches most, by keys alone."""

import pytest

from tests.browser.site import serving
from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading, url_of
from triage.classify import classify
from triage.settings import Settings, sqlite_url
from triage.storage.session import Database

SUBJECTS = ("The lift is stuck", "Meter reading of May", "Thanks for the quick help")


@pytest.fixture
def unsure_site(data, redis):
    """An instance with three emails that its model was unsure of."""
    database = Database(sqlite_url(data))
    intake = make_intake(database, redis)
    made = [one.email_id for one in accept(intake, *(raw_message(subject, subject) for subject in SUBJECTS))]
    with database.unit_of_work() as session:
        classify(session, made, FakeTextModel(reading(confidence=0.3)), POLICY, NOW)
    database.close()
    with serving(Settings(data_dir=data, redis_url=url_of(redis))) as started:
        yield started


def labels_of(site, card):
    """The topics in force of the email of a card."""
    said = site.get(f"/v1/emails/{card.get_attribute('data-email')}/labels")["items"]
    return [one["topic"] for one in said if "topic" in one["in_force"]]


def test_topic_is_named_with_one_key_and_taken_back_with_another(unsure_site, window):
    """j goes to the first email, 3 calls it billing, u takes that back; each is said and stored."""
    shown = window(unsure_site)
    page = shown.show("/label-next")
    card = page.locator("[data-email]").first

    page.keyboard.press("j")
    page.keyboard.press("3")
    page.wait_for_selector("text=Saved: billing.")
    shown.keep_picture("label-next-said")
    said = labels_of(unsure_site, card)
    page.keyboard.press("u")
    page.wait_for_selector("text=Taken back.")

    assert (said, labels_of(unsure_site, card)) == (["billing"], [])
    assert (shown.barriers(), shown.complaints) == ([], [])


def test_labelled_mail_is_not_asked_for_again(unsure_site, window):
    """After all were labelled the page says that nothing is left."""
    page = window(unsure_site).show("/label-next")

    for card in page.locator("[data-email]").all():
        card.get_by_role("button", name="order").click()
        card.get_by_text("Saved: order.").wait_for()
    page.get_by_role("link", name="Show more").click()

    assert page.get_by_text("Nothing to label").is_visible()
