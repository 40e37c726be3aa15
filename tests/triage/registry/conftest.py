"""A mailbox, and small bundles that are whole: a manifest that vouches for a file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.make import NOW
from triage import registry
from triage.serving.manifest import DEFAULT_BUNDLE, Manifest, manifest_in, write_manifest
from triage.storage.mailboxes import ensure_mailbox

MakeBundle = Callable[..., Path]


@pytest.fixture
def mailbox_id(database) -> int:
    """The mailbox `main`."""
    with database.unit_of_work() as session:
        return ensure_mailbox(session, "main", NOW)


@pytest.fixture
def bundle(tmp_path) -> MakeBundle:
    """Make the bundle of a version; TensorFlow could not load it, all else takes it for one."""

    def makes(version: str, *, weights: str = "", **changed: object) -> Path:
        folder = tmp_path / "bundles" / version
        (folder / "variables").mkdir(parents=True, exist_ok=True)
        (folder / "variables" / "weights").write_text(weights or version)
        manifest: Manifest = replace(manifest_in(DEFAULT_BUNDLE), version=version, **changed)
        write_manifest(folder, manifest)
        return folder

    return makes


@pytest.fixture
def install(database, mailbox_id, bundle) -> Callable[..., str]:
    """Install a version of `main`, each a minute after the one before."""
    minutes = count()

    def installs(version: str, **changed: object) -> str:
        now = NOW + timedelta(minutes=next(minutes))
        with database.unit_of_work() as session:
            return registry.install(session, bundle(version, **changed), mailbox_id=mailbox_id, now=now)

    return installs


@pytest.fixture
def activate(database, mailbox_id) -> Callable[[str | None], bool]:
    """Read `main` with a version."""

    def activates(version: str | None) -> bool:
        with database.unit_of_work() as session:
            return registry.activate(session, mailbox_id, version, author="anna", reason="it is better", now=NOW)

    return activates


@pytest.fixture
def roll_back(database, mailbox_id) -> Callable[[], str | None]:
    """Return to what `main` was read with before."""

    def rolls_back() -> str | None:
        with database.unit_of_work() as session:
            return registry.roll_back(session, mailbox_id, author="anna", now=NOW)

    return rolls_back


@pytest.fixture
def active(database, mailbox_id) -> Callable[[], str | None]:
    """What `main` is read with."""

    def looks() -> str | None:
        with database.reading() as session:
            return registry.active_version(session, mailbox_id)

    return looks
