"""docker-compose.yml keeps to the rules that make it safe to start, and whoever knows the format can read it."""

import json
import os
import re
import runpy
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compose.reading import COMPOSE_FILE, OURS, REPOSITORY, compose_file, duration, services, size
from tests.conftest import missing
from triage import __version__
from triage.queue import celery_app
from triage.settings import Settings

ALL = sorted(services())
LASTING = sorted(set(ALL) - {"migrate"})


@pytest.fixture(params=ALL)
def service(request):
    """Each service in turn."""
    return services()[request.param]


@pytest.fixture(params=LASTING)
def lasting(request):
    """Each service that is there to stay."""
    return services()[request.param]


def test_no_service_may_more_than_it_needs(service):
    """No root, no capability, no way to gain any, nothing written but in its volumes and its own memory."""
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert all("size=" in mount for mount in service["tmpfs"])
    assert not any("docker.sock" in str(mount) for mount in service.get("volumes", []))


def test_every_service_has_its_limits(service):
    """One that leaks, or logs much, takes neither the machine nor its disk."""
    assert 64 * 2**20 <= size(service["mem_limit"]) <= 4 * 2**30
    assert service["pids_limit"] > 0
    assert service["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}


def test_every_service_is_asked_whether_it_lives_and_comes_back(lasting):
    """A check that is asked early and often enough, and a start anew after whatever ended it."""
    check = lasting["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert "inspect" not in " ".join(check["test"])  # `celery inspect ping` costs seconds, and restarts the busy
    assert duration(check["timeout"]) <= duration(check["interval"])
    assert duration(check["start_period"]).total_seconds() >= 30
    assert lasting["restart"] == "unless-stopped"


def test_the_schema_is_brought_up_to_date_once_and_before_anybody_needs_it():
    """It is not started again, and every part of ours waits until it is through."""
    found = services()
    assert found["migrate"]["restart"] == "no"
    assert found["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in set(OURS) - {"migrate"}:
        assert found[name]["depends_on"] == {
            "db": {"condition": "service_healthy"},
            "broker": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }


def test_every_service_is_given_time_to_end(service):
    """The signal that it understands, passed on by an init, and what it has in hand may be finished."""
    assert service["init"] is True
    assert service["stop_signal"] in ("SIGTERM", "SIGINT")
    assert duration(service["stop_grace_period"]).total_seconds() >= 10


def test_nothing_is_reached_from_other_machines(service):
    """Ports are published on this machine's own address; who wants more puts a proxy in front."""
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert service.get("network_mode") is None


def test_only_those_who_must_reach_beyond_this_machine():
    """Database, queue, and whatever decodes images of strangers are in a network without a way out."""
    networks = compose_file()["networks"]
    assert networks["inside"] == {"internal": True}
    closed = {name for name, service in services().items() if service["networks"] == ["inside"]}
    assert closed == {"db", "broker", "migrate", "worker-image", "worker-train", "beat"}


def test_images_are_named_by_version(service):
    """What was tried yesterday is what starts tomorrow; ours are of this release, and looked for in no registry."""
    name, _, tag = service["image"].rpartition(":")
    assert re.search(r"\d+\.\d+", tag), service["image"]
    if "build" in service:
        assert name in ("triage-web", "triage-worker")
        assert service["build"] == {"context": ".", "target": name.removeprefix("triage-")}
        assert tag == __version__
        assert service["pull_policy"] == "build"


def test_only_workers_have_tensorflow():
    """It is a gigabyte that nobody else needs."""
    images = {name: services()[name]["image"].split(":")[0] for name in OURS}
    assert {name for name, image in images.items() if image == "triage-worker"} == {
        name for name in OURS if name.startswith("worker-")
    }


def test_the_queue_keeps_on_disk_and_throws_nothing_away():
    """What `triage doctor` asks of a Redis, and room for the copy that it makes while it writes its file anew."""
    broker = services()["broker"]
    command = " ".join(broker["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    most = re.search(r"--maxmemory (\d+)mb", command)
    assert most is not None
    assert size(broker["mem_limit"]) >= 2 * int(most[1]) * 2**20


def test_no_secret_stands_in_the_file(service):
    """Passwords and keys come as files, and only to whom they are for."""
    for name, value in service.get("environment", {}).items():
        assert not re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL", name) or str(value).startswith("/run/secrets/"), name
    for secret in service.get("secrets", []):
        assert f"/run/secrets/{secret}" in json.dumps(service) or secret == "metrics_key"
    mailers = ("web", "worker-text", "poller")
    holders = {name for name, one in services().items() if "secret_key" in one.get("secrets", [])}
    assert holders == set(mailers)


def test_settings_are_ones_that_this_release_knows():
    """A variable that was renamed would be passed over in silence."""
    known = {f"TRIAGE_{name.upper()}" for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known}
    for name in OURS:
        given = set(services()[name]["environment"]) - {"FORWARDED_ALLOW_IPS"}
        assert given <= known


def test_everything_mounted_from_here_is_here():
    """Docker would make an empty folder of what is missing."""
    mounts = [mount for one in services().values() for mount in one.get("volumes", []) if mount.startswith("./")]
    assert len(mounts) >= 4
    for mount in mounts:
        source, _, mode = mount.split(":")
        assert (REPOSITORY / source).exists(), source
        assert mode == "ro"


def test_flower_is_told_of_every_queue():
    """It shows how long those are that it knows."""
    told = runpy.run_path(str(REPOSITORY / "deploy" / "flower" / "queues.py"))
    ours = celery_app("redis://broker:6379/0").conf
    assert {queue.name for queue in told["task_queues"]} == {queue.name for queue in ours.task_queues}
    assert told["task_default_queue"] == ours.task_default_queue


def test_volumes_are_declared():
    """Mail and work outlive their containers."""
    used = {mount.split(":")[0] for one in services().values() for mount in one.get("volumes", []) if mount[0] != "."}
    assert used == set(compose_file()["volumes"])
    assert services()["db"]["volumes"] == ["database:/var/lib/postgresql/data"]
    assert services()["broker"]["volumes"] == ["queue:/data"]


def test_a_compose_client_can_read_it():
    """The oldest that is still about (Debian's docker-compose 1.29) takes it, profiles and all."""
    client = shutil.which("docker-compose")
    if client is None:
        missing("a Compose client", "install Debian's docker-compose")
    done = subprocess.run(
        [client, "--file", COMPOSE_FILE, "config", "--services"],
        env=os.environ | {"COMPOSE_PROFILES": "flower,metrics"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(ALL)


def test_it_is_what_the_compose_specification_describes():
    """Every key and value, by the schema of the specification itself."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE_FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def secrets_made_in(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(REPOSITORY / "scripts" / "secrets.sh"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_secrets_are_made_once_for_every_service(tmp_path):
    """All that the file names, no two alike, in a folder that nobody else may enter."""
    folder = tmp_path / "secrets"

    assert secrets_made_in(folder).returncode == 0

    made = {file.name: file.read_text().strip() for file in folder.iterdir()}
    assert {f"./secrets/{name}" for name in made} == {one["file"] for one in compose_file()["secrets"].values()}
    assert made.pop("metrics_key") == ""
    assert f":{made['postgres_password']}@" in made.pop("database_url")
    assert len(set(made.values())) == len(made) == 4
    assert all(len(secret) >= 24 for secret in made.values())
    assert Settings(secret_key=made["secret_key"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o644}


def test_secrets_are_never_replaced(tmp_path):
    """With others nobody could read what the first ones locked."""
    folder = tmp_path / "secrets"
    secrets_made_in(folder)
    before = {file.name: file.read_text() for file in folder.iterdir()}

    again = secrets_made_in(folder)

    assert again.returncode == 1
    assert "stays as it is" in again.stderr
    assert {file.name: file.read_text() for file in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == [folder]


def test_secrets_get_neither_into_the_repository_nor_into_an_image():
    """Both lists say so."""
    assert "secrets/" in (REPOSITORY / ".gitignore").read_text().splitlines()
    listed = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert next(line for line in listed if not line.startswith("#")) == "*"
    assert not any(line.startswith("!secrets") for line in listed)
