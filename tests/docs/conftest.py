"""What the commands of pages are run on: one instance with the sample mail, and one mail server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.docs.scene import MAIL_USER, PASSWORD, SAMPLES, Scene
from tests.imap_servers.fixtures import dovecot, identity_provider
from tests.system.conftest import Instance, instances, until

__all__ = ["dovecot", "identity_provider"]

READ_WITHIN_SECONDS = 240  # on a loaded machine


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """`triage up --demo`, once the shipped model has read the sample mail."""
    with instances(tmp_path_factory.mktemp("home"), data="triage") as start:
        started = start("--demo")
        until(lambda: started.status()["emails"]["read"], READ_WITHIN_SECONDS)
        until(lambda: not started.status()["emails"]["queued"], READ_WITHIN_SECONDS)
        yield started


@pytest.fixture(scope="session")
def scene(demo: Instance, dovecot) -> Scene:
    """The folder in which commands of pages are run."""
    for program in ("bash", "curl", "openssl"):
        if shutil.which(program) is None:
            missing(program, f"install Debian's package {program}")
    user = dovecot.user(MAIL_USER, PASSWORD)
    user.deliver(SAMPLES[0].read_bytes())
    return Scene(Path(demo.data).parent, demo, dovecot)
