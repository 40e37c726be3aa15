"""The Dockerfile, without Docker: its rules, and its very steps in a folder that holds what it copies and no more."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.compose.reading import REPOSITORY, instructions, services
from triage import __version__

STAGES = {words[2]: words[0] for instruction, words in instructions() if instruction == "FROM"}
FINAL = ("web", "worker")


def test_stages_are_built_on_one_image_that_is_named_by_version():
    """The Python that installs is the one that runs."""
    outside = {base for base in STAGES.values() if base not in STAGES}
    assert outside == {"python:3.12-slim-bookworm"}
    assert set(FINAL) <= set(STAGES)
    assert {service["build"]["target"] for service in services().values() if "build" in service} == set(FINAL)


@pytest.mark.parametrize("stage", FINAL)
def test_final_images_run_as_nobody_in_particular_and_hold_no_build_tools(stage):
    """They take one folder from the stage that installed, and run nothing as root after it."""
    found = instructions(stage)
    users = {service["user"] for service in services().values() if service.get("build", {}).get("target") == stage}
    assert [words for instruction, words in found if instruction == "USER"] == [users.pop().split()]
    assert [words for instruction, words in found if instruction == "COPY"] == [
        [f"--from=build-{stage}", "/opt/triage", "/opt/triage"]
    ]
    assert not any(instruction in ("RUN", "ADD") for instruction, _ in found)
    labels = dict(word.split("=", 1) for instruction, words in found if instruction == "LABEL" for word in words)
    assert labels["org.opencontainers.image.version"] == __version__
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def copied() -> list[tuple[str, list[str], str]]:
    """Return what each stage copies from the repository, and whereto."""
    found, stage = [], ""
    for instruction, words in instructions():
        if instruction == "FROM":
            stage = words[2]
        if instruction == "COPY" and not words[0].startswith("--from"):
            found.append((stage, words[:-1], words[-1]))
    return found


def is_sent(path: str) -> bool:
    """Say whether .dockerignore lets a path through; its last line that fits decides."""
    sent = True
    for line in (REPOSITORY / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if line and line[0] != "#" and (pattern == "*" or fnmatch(path, pattern) or path.startswith(f"{pattern}/")):
            sent = line[0] == "!"
    return sent


def test_what_it_copies_is_there_and_sent():
    """All of it exists, and .dockerignore holds nothing of it back; of the rest it sends nothing."""
    sources = [source for _, paths, _ in copied() for source in paths]
    assert len(sources) > 5
    for source in sources:
        assert (REPOSITORY / source).exists(), source
        assert is_sent(source), source
    for other in ("secrets/secret_key", ".env", ".git/config", "tests/make.py", ".data/triage.sqlite3", "docs/api.md"):
        assert not is_sent(other), other


@pytest.mark.parametrize("lock", ["web", "worker", "build"])
def test_images_hold_the_versions_that_the_tests_run_with(lock):
    """Whatever an image installs is installed here in the same version; what is missing there was never meant here."""
    text = (REPOSITORY / "requirements" / f"{lock}.lock").read_text()
    wanted = [Requirement(line.rstrip(" \\")) for line in re.findall(r"(?m)^[a-z0-9].*", text)]
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate()]
    differing = {one.name: _installed(one.name) for one in needed if _installed(one.name) not in one.specifier}
    assert differing == {}
    assert len(needed) >= 5


def test_only_the_worker_image_names_tensorflow():
    """The other is for whoever needs no model."""
    web, worker = ((REPOSITORY / "requirements" / f"{name}.lock").read_text() for name in FINAL)
    assert re.search(r"(?m)^(tensorflow|keras|numpy)", web) is None
    assert len(re.findall(r"(?m)^tensorflow(-text)?==", worker)) == 2


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


@pytest.fixture(scope="module")
def web_image(tmp_path_factory) -> Path:
    """What the stages `wheel` and `build-web` make, by their own steps from their own copies."""
    place = tmp_path_factory.mktemp("image")
    target = place / "opt"
    for stage in ("build", "wheel", "build-web"):
        # Each stage of these has what the ones before it left in /build.
        for _, sources, destination in (one for one in copied() if one[0] == stage):
            for source in sources:
                _copy(place / "build", source, destination, several=len(sources) > 1)
        for words in (words for instruction, words in instructions(stage) if instruction == "RUN"):
            told = [word.replace("/opt/triage", str(target)) for word in words]
            # A Python as in the base image, not that of the environment of the tests.
            python = {"PYTHON": getattr(sys, "_base_executable", sys.executable), "PYTHONPATH": ""}
            done = subprocess.run(
                told, cwd=place / "build", env=os.environ | python, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return target


def _copy(build: Path, source: str, destination: str, *, several: bool) -> None:
    into = build / destination
    if several or destination.endswith("/"):
        into = into / Path(source).name
    into.parent.mkdir(parents=True, exist_ok=True)
    if (REPOSITORY / source).is_dir():
        shutil.copytree(REPOSITORY / source, into, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(REPOSITORY / source, into)


def run_in(image: Path, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the image, from elsewhere and with none of our variables."""
    command = [image / "bin" / words[0], *words[1:]]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TRIAGE_DATA_DIR": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.compose
@pytest.mark.timeout(600)
def test_the_steps_of_the_web_image_make_a_whole_program(web_image, tmp_path):
    """It says its version and serves, migrates a database, and has no TensorFlow, no pip and no compiler."""
    told = run_in(web_image, "triage", "--version", folder=tmp_path)
    helped = run_in(web_image, "triage", "serve", "--help", folder=tmp_path)
    migrated = run_in(web_image, "triage", "migrate", folder=tmp_path)
    looked = run_in(web_image, "triage", "login", folder=tmp_path)

    assert told.stdout.strip() == f"triage {__version__}", told.stderr
    assert helped.returncode == 0
    assert "database is at" in migrated.stdout, migrated.stderr
    assert "/login?link=" in looked.stdout, looked.stderr
    for module in ("tensorflow", "keras", "pip", "hatchling", "pytest"):
        assert run_in(web_image, "python", "-c", f"import {module}", folder=tmp_path).returncode == 1, module
    for module in ("triage.web.app", "workers.app", "migrations", "training"):
        done = run_in(web_image, "python", "-c", f"import {module}", folder=tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.compose
@pytest.mark.timeout(600)
def test_the_web_image_has_all_that_lies_beside_the_code(web_image):
    """Pages, catalogues, policy, sample mail and the model's card and manifest, which it shows; to the last file."""
    here = {path.relative_to(REPOSITORY) for path in _files(REPOSITORY / "triage")}
    [packages] = web_image.glob("lib/python*/site-packages")
    there = {path.relative_to(packages) for path in _files(packages / "triage")}
    assert there == here


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
