"""The pointer of a mailbox: forward by activations, back by rollbacks, and never to what cannot be read with."""

import threading

import pytest

from tests.make import NOW
from triage import registry
from triage.errors import ModelNotFound, ModelUnfit
from triage.storage import archives, models
from triage.storage.mailboxes import ensure_mailbox


def archived(database):
    with database.reading() as session:
        return archives.MODELS.versions(session)


def test_rollbacks_go_back_one_by_one_to_the_shipped_model(install, activate, roll_back, active):
    """Never to and fro: a second rollback goes on from where the first one went (A-23)."""
    for version in ("v1", "v2", "v3"):
        activate(install(version))

    assert [roll_back(), roll_back(), roll_back()] == ["v2", "v1", None]
    assert active() is None
    with pytest.raises(ModelUnfit, match="mailbox main has no version to return to"):
        roll_back()


def test_an_activation_after_a_rollback_is_rolled_back_to_where_that_went(install, activate, roll_back):
    """What was rolled back from is not on the way any more."""
    for version in ("v1", "v2"):
        activate(install(version))
    roll_back()
    activate(install("v3"))

    assert [roll_back(), roll_back()] == ["v1", None]


def test_nothing_can_be_rolled_back_where_nothing_was_activated(roll_back):
    """It is said in a sentence, and nothing changes."""
    with pytest.raises(ModelUnfit, match="no version to return to"):
        roll_back()


def test_activating_what_is_active_changes_nothing(install, activate, roll_back):
    """A repeated request does not make a rollback return to the same version."""
    activate(install("v1"))

    assert (activate("v1"), roll_back(), activate(None)) == (False, None, False)


def test_the_shipped_model_can_be_activated(install, activate, roll_back, active):
    """It is a version like others, and one can return from it."""
    activate(install("v1"))

    activate(None)
    shipped = active()

    assert (shipped, roll_back()) == (None, "v1")


def test_each_mailbox_has_its_own(database, mailbox_id, install, activate):
    """Mailboxes without a model of their own are not among the active ones."""
    activate(install("v1"))
    with database.unit_of_work() as session:
        other = ensure_mailbox(session, "other", NOW)

        assert registry.active_versions(session) == {mailbox_id: "v1"}
        with pytest.raises(ModelNotFound, match="mailbox other has no model v1"):
            registry.activate(session, other, "v1", author="anna", reason="", now=NOW)


def test_a_version_that_is_not_there_is_refused(activate, active):
    """Nothing changes."""
    with pytest.raises(ModelNotFound, match="mailbox main has no model v9"):
        activate("v9")

    assert active() is None


def test_a_version_of_an_older_format_is_refused(database, install, activate, active):
    """This release could not read with it (A-25)."""
    install("v1")
    make_old(database, "v1")

    with pytest.raises(ModelUnfit, match="version v1 has format 1 and we read"):
        activate("v1")
    assert active() is None


def make_old(database, version):
    """Let a version be one that an earlier release wrote."""
    with database.unit_of_work() as session:
        model = session.get(models.Model, version)
        model.manifest = model.manifest | {"format": 1}


def test_what_can_be_returned_to_is_kept_and_older_archives_are_dropped(database, install, activate, roll_back):
    """Of seven versions the last five; what is known of the others stays, and they cannot be activated any more."""
    for number in range(7):
        activate(install(f"v{number}"))

    assert archived(database) == {"v2", "v3", "v4", "v5", "v6"}
    with pytest.raises(ModelUnfit, match="version v1 is not kept any more"):
        activate("v1")
    assert [roll_back() for _ in range(4)] == ["v5", "v4", "v3", "v2"]
    with pytest.raises(ModelUnfit, match="version v1 is not kept any more"):
        roll_back()


def test_a_version_that_was_dropped_can_be_installed_and_activated_again(install, activate, active):
    """Somebody who has its bundle still can return to it."""
    for number in range(7):
        activate(install(f"v{number}"))

    activate(install("v0"))

    assert active() == "v0"


def test_versions_that_were_never_active_are_kept_for_a_while(database, install, activate):
    """The two newest, for somebody to activate; those that were refused before are dropped."""
    activate(install("v0"))
    for number in range(1, 5):
        install(f"v{number}")

    assert archived(database) == {"v0", "v3", "v4"}


def test_two_that_activate_at_once_take_turns(database, mailbox_id, install, roll_back):
    """Both are in the log, one after the other, so that a rollback finds each."""
    for version in ("v1", "v2"):
        install(version)

    def activates(version):
        with database.unit_of_work() as session:
            registry.activate(session, mailbox_id, version, author="anna", reason="", now=NOW)

    both = [threading.Thread(target=activates, args=(version,)) for version in ("v1", "v2")]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert {roll_back(), roll_back()} <= {"v1", "v2", None}
    with pytest.raises(ModelUnfit):
        roll_back()
