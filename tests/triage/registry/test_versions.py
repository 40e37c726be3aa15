"""A bundle is kept once, as it is, and nothing is read with it before somebody says so."""

import shutil

import pytest

from tests.make import NOW
from triage import registry
from triage.errors import InvalidBundle, ModelUnfit
from triage.registry.archive import packed
from triage.storage import archives, models
from triage.storage.mailboxes import ensure_mailbox


def stored(database, version):
    with database.reading() as session:
        return models.stored_model(session, version)


def test_an_installed_version_is_kept_and_not_active(database, install, active):
    """It has its manifest, its size and its archive; the mailbox is read with the shipped model as before."""
    install("v1")

    found = stored(database, "v1")
    assert (found.version, found.is_archived, found.created_at) == ("v1", True, NOW)
    assert found.manifest["version"] == "v1"
    assert found.size_bytes > 1000
    assert active() is None


def test_installing_again_changes_nothing(database, install):
    """Whoever was stopped after it installs the same bundle again."""
    first = install("v1"), stored(database, "v1")

    assert (install("v1"), stored(database, "v1")) == first


@pytest.mark.parametrize("archive", [None, b"altered"])
def test_installing_again_mends_the_archive(database, install, archive):
    """One that was dropped is there again, one that was altered is what it was."""
    install("v1")
    with database.unit_of_work() as session:
        model = session.get(models.Model, "v1")
        whole, model.archive = model.archive, archive

    install("v1")

    with database.reading() as session:
        assert archives.MODELS.of(session, "v1") == whole


def test_a_bundle_packs_the_same_wherever_it_lies(bundle, tmp_path):
    """Its archive is that of its files and nothing else: not of their times, owners or place."""
    one = bundle("v1")
    copy = shutil.copytree(one, tmp_path / "copy", copy_function=shutil.copyfile)
    (copy / "variables" / "weights").chmod(0o600)

    assert packed(one) == packed(copy)


def test_an_altered_bundle_is_refused(database, bundle, mailbox_id):
    """What does not match its own manifest never gets in."""
    folder = bundle("v1")
    (folder / "variables" / "weights").write_text("others")

    with pytest.raises(InvalidBundle, match="variables/weights"), database.unit_of_work() as session:
        registry.install(session, folder, mailbox_id=mailbox_id, now=NOW)
    assert stored(database, "v1") is None


def test_another_bundle_of_the_same_version_is_refused(install):
    """A version is one bundle for ever, else a rollback would be a lottery."""
    install("v1")

    with pytest.raises(ModelUnfit, match="v1 is another bundle here"):
        install("v1", weights="others")


def test_a_version_of_another_mailbox_is_refused(database, bundle, install):
    """It learned from other people's labels."""
    install("v1")
    with database.unit_of_work() as session:
        other = ensure_mailbox(session, "other", NOW)

    with pytest.raises(ModelUnfit, match="belongs to another mailbox"), database.unit_of_work() as session:
        registry.install(session, bundle("v1"), mailbox_id=other, now=NOW)


@pytest.mark.parametrize("version", ["..", "a/b", ".hidden", "", "x" * 101])
def test_a_version_that_names_no_folder_is_refused(database, bundle, mailbox_id, version):
    """Workers unpack it under its name."""
    folder = bundle("v1")
    manifest = (folder / "manifest.json").read_text().replace('"v1"', f'"{version}"', 1)
    (folder / "manifest.json").write_text(manifest)

    with pytest.raises(ModelUnfit, match="cannot name a folder"), database.unit_of_work() as session:
        registry.install(session, folder, mailbox_id=mailbox_id, now=NOW)
