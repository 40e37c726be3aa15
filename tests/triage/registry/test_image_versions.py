"""Versions of what recognises images: one active for all, forward by installing, back by rollbacks."""

import shutil
import threading
from datetime import timedelta
from itertools import count

import pytest

from tests.hollow_bundles import write_hollow_bundle, write_hollow_cascade
from tests.make import NOW
from triage.errors import InvalidBundle, ModelUnfit, RecognizerNotFound
from triage.registry import image_versions, unpacked
from triage.registry.cache import OF_IMAGES
from triage.serving.recognizer_manifest import read_recognizer_manifest
from triage.storage import archives, recognizers
from triage.storage.tables import Recognizer


@pytest.fixture
def bundle(tmp_path):
    """Make the bundle of a version."""
    return lambda version, **changed: write_hollow_bundle(tmp_path / "bundles" / version, version, **changed)


@pytest.fixture
def cascade(tmp_path):
    """A cascade of two bundles."""
    return write_hollow_cascade(tmp_path / "cascade", "cascade-1")


@pytest.fixture
def active(database):
    """What images are recognised with."""

    def looks():
        with database.reading() as session:
            return image_versions.active_version(session)

    return looks


@pytest.fixture
def install(database, active):
    """Install and activate a bundle, each a minute after the one before."""
    minutes = count()

    def installs(folder, **changed):
        told = {"instead_of": active(), "author": "anna", "reason": "better", "now": NOW} | changed
        told["now"] += timedelta(minutes=next(minutes))
        packed = image_versions.packed_recognizer(folder)
        with database.unit_of_work() as session:
            return image_versions.install(session, packed, **told)

    return installs


@pytest.fixture
def activate(database):
    """Recognise with a version."""

    def activates(version):
        with database.unit_of_work() as session:
            return image_versions.activate(session, version, author="anna", reason="", now=NOW)

    return activates


@pytest.fixture
def roll_back(database):
    """Return to what was active before."""

    def rolls_back():
        with database.unit_of_work() as session:
            return image_versions.roll_back(session, author="ben", now=NOW)

    return rolls_back


def archived(database):
    with database.reading() as session:
        return archives.RECOGNIZERS.versions(session)


def test_rollbacks_go_back_one_by_one_to_the_shipped_bundle(bundle, install, roll_back, active):
    """Never to and fro; at the end it is said that there is nothing to return to."""
    for version in ("v1", "v2", "v3"):
        install(bundle(version))

    assert [roll_back(), roll_back(), roll_back()] == ["v2", "v1", None]
    assert active() is None
    with pytest.raises(ModelUnfit, match="no version to return to; `triage images versions`"):
        roll_back()


def test_who_when_and_why_is_kept(database, bundle, install, roll_back):
    """Of every activation and rollback, the shipped bundle's first one included."""
    install(bundle("v1"), reason="accuracy is better")
    roll_back()

    with database.reading() as session:
        told = image_versions.image_versions(session)
    assert [(one.version, one.author, one.reason) for one in told.activations] == [
        (None, "ben", "rolled back from v1"),
        ("v1", "anna", "accuracy is better"),
        (None, "anna", "the shipped bundle, as at first"),
    ]
    assert (told.active, [one.version for one in told.stored]) == (None, ["v1"])


def test_installing_again_changes_nothing_and_mends_the_archive(database, bundle, install):
    """Whoever was stopped after it installs the same bundle again."""
    first = install(bundle("v1"))
    with database.unit_of_work() as session:
        row = session.get(Recognizer, "v1")
        whole, row.archive = row.archive, b"altered"

    again = install(bundle("v1"))

    assert (first, again) == (True, False)
    with database.reading() as session:
        assert archives.RECOGNIZERS.of(session, "v1") == whole
        assert len(recognizers.activations(session, limit=9)) == 2


def test_another_bundle_of_the_same_version_is_refused(bundle, install, active):
    """A version never means another bundle; nothing changes."""
    install(bundle("v1"))
    install(bundle("v2"))

    with pytest.raises(ModelUnfit, match="version v1 is another bundle here"):
        install(bundle("v1", weights="others"))
    assert active() == "v2"


def test_what_was_judged_against_another_version_is_not_activated(bundle, install, active):
    """Somebody activated a version while the candidate was judged: it would take that one's place unjudged."""
    install(bundle("v1"))

    with pytest.raises(ModelUnfit, match="v1 was activated meanwhile; install it again"):
        install(bundle("v2"), instead_of=None)
    assert active() == "v1"


def test_a_version_that_is_not_there_or_not_kept_is_refused(database, bundle, install, activate, active):
    """Of seven the last five can be returned to; what is known of the others stays."""
    for number in range(7):
        install(bundle(f"v{number}"))

    assert archived(database) == {"v2", "v3", "v4", "v5", "v6"}
    with pytest.raises(RecognizerNotFound, match="there is no image version v9"):
        activate("v9")
    with pytest.raises(ModelUnfit, match="version v1 is not kept any more"):
        activate("v1")
    assert active() == "v6"


def test_a_version_of_another_format_is_refused(database, bundle, install, activate, active):
    """This release could not recognise with it."""
    install(bundle("v1"))
    install(bundle("v2"))
    with database.unit_of_work() as session:
        row = session.get(Recognizer, "v1")
        row.manifest = row.manifest | {"format": 9}

    with pytest.raises(ModelUnfit, match="version v1 has format 9"):
        activate("v1")
    assert active() == "v2"


def test_a_cascade_is_a_version_like_any_other(database, cascade, install, active, tmp_path):
    """Both its bundles are in the archive and come out as they were."""
    install(cascade)

    place = unpacked(database, "cascade-1", tmp_path / "models", OF_IMAGES)

    assert active() == "cascade-1"
    assert read_recognizer_manifest(place) == read_recognizer_manifest(cascade)
    assert (place / "fine" / "variables" / "weights").read_text() == "fine"


def test_an_altered_cascade_is_not_installed(cascade, install, active):
    """Neither one with an altered file, nor one with another bundle in it."""
    (cascade / "fine" / "variables" / "weights").write_text("others")
    with pytest.raises(InvalidBundle, match="missing, foreign or altered"):
        install(cascade)
    assert active() is None


def test_an_altered_archive_is_refused(database, bundle, install, tmp_path):
    """A model is a program: one byte more and it is not ours; nothing reaches the disk."""
    install(bundle("v1"))
    with database.unit_of_work() as session:
        session.get(Recognizer, "v1").archive += b"\0"

    with pytest.raises(InvalidBundle, match="archive of version v1 was altered"):
        unpacked(database, "v1", tmp_path / "models", OF_IMAGES)
    assert not (tmp_path / "models").exists()


def test_a_bundle_packs_the_same_wherever_it_lies(bundle, tmp_path):
    """Its archive is that of its files and nothing else."""
    one = bundle("v1")
    copy = shutil.copytree(one, tmp_path / "copy", copy_function=shutil.copyfile)

    assert image_versions.packed_recognizer(one) == image_versions.packed_recognizer(copy)


def test_two_that_activate_at_once_take_turns(database, bundle, install, activate, roll_back):
    """Both are in the log, one after the other, so that a rollback finds each."""
    for version in ("v1", "v2", "v3"):
        install(bundle(version))
    both = [threading.Thread(target=activate, args=(version,)) for version in ("v1", "v2")]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert {roll_back(), roll_back()} >= {"v3"}
