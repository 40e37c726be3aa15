"""A version on the disk of a worker: whole or not there, whoever unpacks it and however that ends."""

import multiprocessing
import os
import shutil
import signal
import threading
import time

import pytest

from triage.errors import InvalidBundle, ModelUnavailable
from triage.registry import cache, unpacked
from triage.serving.manifest import read_manifest
from triage.storage import models
from triage.storage.session import Database


@pytest.fixture
def folder(tmp_path):
    """Where versions are unpacked."""
    return tmp_path / "models"


def test_an_unpacked_version_is_the_bundle_that_was_installed(database, install, bundle, folder):
    """File by file, as its manifest says."""
    install("v1")

    place = unpacked(database, "v1", folder)

    assert place == folder / "v1"
    assert read_manifest(place) == read_manifest(bundle("v1"))


def test_it_is_unpacked_once(database, install, folder):
    """Later ones find it there, though the registry keeps it no more."""
    install("v1")
    unpacked(database, "v1", folder)
    with database.unit_of_work() as session:
        session.get(models.Model, "v1").archive = None

    assert unpacked(database, "v1", folder) == folder / "v1"
    shutil.rmtree(folder)
    with pytest.raises(ModelUnavailable, match="v1 is not kept any more"):
        unpacked(database, "v1", folder)


def test_a_folder_that_was_altered_is_unpacked_anew(database, install, folder):
    """What a full disk cut short, or somebody changed, is not read with."""
    install("v1")
    weights = unpacked(database, "v1", folder) / "variables" / "weights"
    weights.write_text("")

    unpacked(database, "v1", folder)

    assert weights.read_text() == "v1"


def test_an_altered_archive_is_refused(database, install, folder):
    """A model is a program: one byte more and it is not ours."""
    install("v1")
    with database.unit_of_work() as session:
        session.get(models.Model, "v1").archive += b"\0"

    with pytest.raises(InvalidBundle, match="archive of version v1 was altered"):
        unpacked(database, "v1", folder)
    assert not folder.exists()


def test_many_at_once_get_the_same(database, install, folder):
    """Whoever comes second takes what the first one has put there; nothing else is left."""
    install("v1")
    found = []
    workers = [threading.Thread(target=lambda: found.append(unpacked(database, "v1", folder))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert found == [folder / "v1"] * 8
    assert [path.name for path in folder.iterdir()] == ["v1"]


def test_a_disk_without_room_is_told_in_a_sentence(database, install, folder, tmp_path):
    """Time may cure it, so it is tried again; nothing half is left."""
    install("v1")
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")

    with pytest.raises(ModelUnavailable, match=r"cannot be unpacked into .*; make room there"):
        unpacked(database, "v1", folder)


def unpack_slowly(url, folder, started):
    """Stand at the moment before the folder is put in its place, until somebody ends this process."""

    def waits(*_):
        started.set()
        time.sleep(600)

    cache._put = waits
    unpacked(Database(url), "v1", folder)


def test_killed_while_unpacking_leaves_nothing_half(database, database_url, install, folder):
    """The next one unpacks anew, and removes what was left behind once it is old enough to be nobody's."""
    install("v1")
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    process = context.Process(target=unpack_slowly, args=(database_url, folder, started))
    process.start()
    assert started.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    (left,) = folder.iterdir()
    assert left.name.startswith(".unpacking-")
    os.utime(left, (0, 0))

    unpacked(database, "v1", folder)

    assert [path.name for path in folder.iterdir()] == ["v1"]


def test_versions_that_were_dropped_leave_the_disk(database, install, activate, folder):
    """When another one is unpacked."""
    for number in range(7):
        activate(install(f"v{number}"))
        unpacked(database, f"v{number}", folder)

    assert sorted(path.name for path in folder.iterdir()) == ["v2", "v3", "v4", "v5", "v6"]
