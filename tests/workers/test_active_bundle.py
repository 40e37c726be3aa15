"""Where an image worker finds its bundle: it follows the pointer, and refuses what was altered."""

from datetime import timedelta

import pytest

from tests.hollow_bundles import write_hollow_bundle
from tests.make import NOW
from triage.errors import InvalidBundle
from triage.registry import image_versions
from triage.storage.tables import Recognizer
from workers.active_bundle import ActiveBundle


@pytest.fixture
def shipped(tmp_path):
    """Where the shipped bundle would be."""
    return tmp_path / "shipped"


@pytest.fixture
def where(database, tmp_path, shipped):
    """Asks at each call."""
    return ActiveBundle(database, tmp_path / "models", lambda: shipped, tries_again_after=timedelta(0))


@pytest.fixture
def install(database, tmp_path):
    """Install and activate a version."""

    def installs(version):
        packed = image_versions.packed_recognizer(write_hollow_bundle(tmp_path / version, version))
        with database.unit_of_work() as session:
            before = image_versions.active_version(session)
            image_versions.install(session, packed, instead_of=before, author="anna", reason="", now=NOW)

    return installs


def alter(database, version, archive=None):
    with database.unit_of_work() as session:
        row = session.get(Recognizer, version)
        before, row.archive = row.archive, archive or row.archive + b"\0"
    return before


def test_it_follows_the_pointer_and_goes_back(database, where, install, shipped, tmp_path):
    """The shipped bundle, one version, the next, and back to the shipped one."""
    first = where()
    places = []
    for version in ("v1", "v2"):
        install(version)
        places.append(where())
    with database.unit_of_work() as session:
        for _ in range(2):
            image_versions.roll_back(session, author="anna", now=NOW)

    assert (first, where()) == (shipped, shipped)
    assert places == [tmp_path / "models" / "v1", tmp_path / "models" / "v2"]
    assert (places[1] / "variables" / "weights").read_text() == "v2"


def test_files_that_were_altered_are_unpacked_anew(where, install):
    """By somebody, or by a disk."""
    install("v1")
    weights = where() / "variables" / "weights"
    weights.write_text("others")

    where()

    assert weights.read_text() == "v1"


def test_an_altered_archive_is_refused_until_it_is_mended(database, where, install, tmp_path):
    """Nothing of it reaches the disk; installing the bundle again mends it."""
    install("v1")
    whole = alter(database, "v1")

    with pytest.raises(InvalidBundle, match="archive of version v1 was altered; install its bundle again"):
        where()
    assert not (tmp_path / "models").exists()
    alter(database, "v1", whole)
    assert where() == tmp_path / "models" / "v1"


def test_what_was_refused_is_left_alone_for_a_while(database, install, shipped, tmp_path):
    """An archive is megabytes, and is not fetched at each look; another version is looked at all the same."""
    where = ActiveBundle(database, tmp_path / "models", lambda: shipped, tries_again_after=timedelta(hours=1))
    install("v1")
    whole = alter(database, "v1")
    with pytest.raises(InvalidBundle, match="was altered"):
        where()
    alter(database, "v1", whole)

    with pytest.raises(InvalidBundle, match="was altered"):
        where()
    install("v2")
    assert where() == tmp_path / "models" / "v2"
