"""A model is replaced while mail is read with it: none is lost, each model reads it once, memory does not pile up."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.chaos.load import HASTY, Sender
from tests.chaos.outcome import assert_each_read, settled
from tests.system.conftest import until
from triage.queue.heartbeat import State
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest, write_manifest
from triage.settings import sqlite_url
from triage.storage.session import Database
from triage.storage.tables import Verdict

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

MIB = 2**20
WEIGHT = """
import psutil
from pathlib import Path
from workers import boot
models = [boot._load(boot.bundle())]
before = psutil.Process().memory_info().rss
models += [boot._load(boot.bundle()) for _ in range(2)]
print((psutil.Process().memory_info().rss - before) // 2)
"""


@pytest.fixture
def versions(tmp_path: Path) -> list[str]:
    """Two bundles, `v0` and `v1`, of the shipped model under two names; and the one in use, a copy of the first."""
    names = []
    for number in range(2):
        bundle = shutil.copytree(DEFAULT_BUNDLE, tmp_path / f"v{number}")
        manifest = read_manifest(bundle)
        names.append(f"{manifest.version}-{number}")
        write_manifest(bundle, replace(manifest, version=names[-1]))
    shutil.copytree(tmp_path / "v0", tmp_path / "bundle")
    return names


def install(bundle: Path) -> None:
    """Put a copy in the place of the bundle in use, as training does: write beside, then rename."""
    new, old, current = (bundle.with_name(name) for name in ("new", "old", "bundle"))
    shutil.copytree(bundle, new)
    current.rename(old)
    new.rename(current)
    shutil.rmtree(old)


def reader_of(instance):
    """What the worker says of itself."""
    (told,) = instance.readers()
    return told


def verdicts_by_version(url: str) -> dict[str, int]:
    """How many verdicts each version gave."""
    database = Database(url)
    with database.reading() as session:
        rows = session.execute(select(Verdict.model_version, func.count()).group_by(Verdict.model_version))
        counts = dict(rows.all())
    database.close()
    return counts


def test_a_model_replaced_twenty_times_under_load(start, versions, tmp_path: Path, figure):
    """One worker, never restarted, reads all mail; 15 reloads leave less behind than one model weighs."""
    weight = int(subprocess.run([sys.executable, "-c", WEIGHT], capture_output=True, text=True, check=True).stdout)
    instance = start(TRIAGE_BUNDLE=str(tmp_path / "bundle"), **HASTY)
    worker = instance.worker()
    resident = []
    with Sender(instance.http) as sender:
        for turn in range(1, 21):
            install(tmp_path / f"v{turn % 2}")
            until(lambda turn=turn: reader_of(instance)["model_version"] == versions[turn % 2], 120)
            before = instance.status()["emails"]["read"]
            until(lambda before=before: instance.status()["emails"]["read"] > before + 100, 120)
            resident.append(worker.memory_info().rss)
    settled(instance.status)

    growth = resident[19] - resident[4]
    counts = verdicts_by_version(sqlite_url(tmp_path / "data"))
    figure(
        f"reload: {len(sender.accepted)} mails, verdicts {counts}; MiB after each of 20 reloads: "
        f"{[size // MIB for size in resident]}; one model weighs {weight // MIB} MiB"
    )
    assert_each_read(sqlite_url(tmp_path / "data"), sender.accepted, versions=2)
    assert set(counts) == set(versions)
    assert instance.worker() == worker
    assert growth < weight


def test_a_broken_bundle_is_refused_under_load(start, versions, tmp_path: Path):
    """The old model reads on and the worker says why; the good bundle that comes next is taken."""
    instance = start(TRIAGE_BUNDLE=str(tmp_path / "bundle"), **HASTY)
    worker = instance.worker()
    broken = shutil.copytree(tmp_path / "v1", tmp_path / "broken")
    (broken / "variables" / "variables.index").write_bytes(b"")
    with Sender(instance.http) as sender:
        install(broken)
        until(lambda: "variables.index" in reader_of(instance)["problem"], 120)
        told = reader_of(instance)
        before = instance.status()["emails"]["read"]
        until(lambda: instance.status()["emails"]["read"] > before + 100, 120)
        install(tmp_path / "v1")
        until(lambda: reader_of(instance)["model_version"] == versions[1], 120)
    settled(instance.status)

    assert (told["model_version"], told["state"]) == (versions[0], State.READY)
    assert "model not loaded" in (tmp_path / "data" / "log" / "worker.log").read_text()
    assert reader_of(instance)["problem"] == ""
    assert instance.worker() == worker
    assert_each_read(sqlite_url(tmp_path / "data"), sender.accepted, versions=2)
