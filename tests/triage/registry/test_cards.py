"""The card of a version is read from its archive, and only when that is what was installed."""

import pytest

from tests.make import NOW
from triage import registry
from triage.errors import InvalidBundle, ModelNotFound, ModelUnfit
from triage.registry.cards import card_in, card_of
from triage.serving.manifest import CARD, DEFAULT_BUNDLE, manifest_in, write_manifest
from triage.storage import models
from triage.storage.mailboxes import ensure_mailbox


@pytest.fixture
def carded(database, bundle, mailbox_id):
    """A version that has a card."""
    folder = bundle("v1")
    (folder / CARD).write_text("# Für Anna", encoding="utf-8")
    write_manifest(folder, manifest_in(folder))
    with database.unit_of_work() as session:
        return registry.install(session, folder, mailbox_id=mailbox_id, now=NOW)


def test_a_card_is_what_the_bundle_had(database, mailbox_id, carded):
    """As long as the version is kept."""
    with database.reading() as session:
        assert card_of(session, mailbox_id, carded) == "# Für Anna"


def test_an_altered_archive_tells_nothing(database, mailbox_id, carded):
    """Whoever can write there does not speak for the model."""
    with database.unit_of_work() as session:
        model = session.get(models.Model, carded)
        model.archive = model.archive.replace("Für".encode(), b"Fur ")

    with database.reading() as session, pytest.raises(InvalidBundle, match="was altered"):
        card_of(session, mailbox_id, carded)


def test_a_version_without_a_card_says_so(database, install, mailbox_id):
    """It came without one, was dropped, or is of another mailbox."""
    install("bare")
    install("gone")
    with database.unit_of_work() as session:
        session.get(models.Model, "gone").archive = None
        other = ensure_mailbox(session, "other", NOW)

    with database.reading() as session:
        with pytest.raises(ModelUnfit, match="version bare came without a card"):
            card_of(session, mailbox_id, "bare")
        with pytest.raises(ModelUnfit, match="version gone is kept no more, nor is its card"):
            card_of(session, mailbox_id, "gone")
        with pytest.raises(ModelNotFound):
            card_of(session, other, "bare")


def test_the_shipped_model_has_a_card(tmp_path):
    """In its folder; one without says what to name."""
    assert manifest_in(DEFAULT_BUNDLE).version in card_in(DEFAULT_BUNDLE)
    with pytest.raises(InvalidBundle, match="has no readable model-card"):
        card_in(tmp_path)
