"""The manifests under deploy/kubernetes: that Kubernetes would take them, and that they fit this program."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from tests.deploy.manifests import (
    ROOT,
    container_of,
    environment_of,
    of_kind,
    pod_of,
    probes_of,
    rendered,
)
from tests.ports import free_port
from tests.system.conftest import until
from triage.cli.app import app
from triage.queue.lanes import IMAGES, MAIL
from triage.queue.stream import WorkStream
from triage.settings import Settings
from triage.storage import schema
from triage.storage.session import create_engine_for

# The oldest release that is still supported, and the newest that the schemas know.
RELEASES = ("1.34", "1.36")
SECRETS = "/run/secrets/triage"
STARTED_WITHIN_SECONDS = 240  # on a loaded machine; a quiet one takes a few


@pytest.fixture(scope="module")
def base():
    """Every part but the schema and what scales."""
    return rendered("base")


@pytest.fixture(scope="module")
def keda():
    """The same with what scales."""
    return rendered("keda")


@pytest.fixture(scope="module")
def migrate():
    """What migrates."""
    return rendered("migrate")


@pytest.fixture(scope="module")
def workloads(base, migrate):
    """Everything that runs a container of ours, by name."""
    return of_kind(base, "Deployment") | of_kind(migrate, "Job")


@pytest.fixture(scope="module")
def configs(base):
    """The configuration that parts share."""
    return of_kind(base, "ConfigMap")


@pytest.mark.parametrize("release", RELEASES)
def test_kubernetes_would_take_everything(release, keda, migrate):
    """Each resource is as its release's own schema wants it, with no field that it does not know."""
    ours = [one for one in [*keda, *migrate] if not one["apiVersion"].startswith("keda.sh/")]

    for resource in ours:
        kubernetes_validate.validate(resource, release, strict=True)

    assert len(ours) == len([*keda, *migrate]) - 3


def test_a_wrong_field_is_noticed(base):
    """The schemas would tell a slip of the pen."""
    wrong = json.loads(json.dumps(of_kind(base, "Deployment")["web"]))
    container_of(wrong)["securityContext"]["readOnlyRootFileSystem"] = True

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, RELEASES[-1], strict=True)


def test_every_part_runs(workloads):
    """One workload for each kind of process that docs/operations.md names."""
    assert set(workloads) == {
        "web",
        "worker-text",
        "worker-image",
        "worker-train",
        "beat",
        "poller",
        "migrate",
    }


def test_every_container_is_contained(workloads):
    """None runs as root, writes outside of its volumes, keeps a capability, or can speak to the cluster."""
    for name, workload in workloads.items():
        pod, container = pod_of(workload), container_of(workload)
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] > 0, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert set(container["resources"]) == {"requests", "limits"}, name
        assert "memory" in container["resources"]["limits"], name
        assert pod["terminationGracePeriodSeconds"] >= 30, name
        assert re.fullmatch(r"triage-(web|worker):\d+\.\d+\.\d+", container["image"]), name


def test_a_container_writes_only_into_volumes(workloads, configs):
    """What is mounted is there, and the folders of the configuration are among it."""
    for name, workload in workloads.items():
        mounted = {mount["name"]: mount["mountPath"] for mount in container_of(workload)["volumeMounts"]}
        assert set(mounted) == {volume["name"] for volume in pod_of(workload)["volumes"]}, name
        told = environment_of(workload, configs)
        folders = {told[variable] for variable in ("TRIAGE_DATA_DIR", "TRIAGE_RUN_DIR") if variable in told}
        assert folders <= set(mounted.values()), name


def test_secrets_are_files_that_are_there(workloads, configs):
    """Each variable that names a file of the secret names one that this part has, and it has no other."""
    for name, workload in workloads.items():
        (volume,) = (one["secret"] for one in pod_of(workload)["volumes"] if "secret" in one)
        there = {f"{SECRETS}/{item['path']}" for item in volume["items"]}
        told = environment_of(workload, configs)
        assert {value for variable, value in told.items() if variable.endswith("_FILE")} == there, name
        assert volume["secretName"] == "triage", name


def test_the_secret_of_the_documentation_has_every_key(keda, workloads):
    """Who follows docs/scaling.md makes a secret with each key that a part or a trigger reads, and no other."""
    read = {
        item["key"]
        for workload in workloads.values()
        for volume in pod_of(workload)["volumes"]
        for item in volume.get("secret", {}).get("items", [])
    }
    (authentication,) = of_kind(keda, "TriggerAuthentication").values()
    read |= {one["key"] for one in authentication["spec"]["secretTargetRef"]}
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")

    assert set(re.findall(r"--from-(?:file|literal)=?\s*(\w+)=", page)) == read


def test_every_variable_is_a_setting(workloads, configs):
    """A misspelt one would be passed over in silence."""
    known = {f"TRIAGE_{name.upper()}" for name in Settings.model_fields}

    for name, workload in workloads.items():
        told = {variable.removesuffix("_FILE") for variable in environment_of(workload, configs)}
        assert told <= known, name


def test_every_command_exists(workloads):
    """The program takes the arguments of each part."""
    for name, workload in workloads.items():
        program, *arguments = container_of(workload)["args"]
        done = CliRunner().invoke(app, [*arguments, "--help"])
        assert (program, done.exit_code) == ("triage", 0), f"{name}: {done.output}"


def test_selectors_select_one_part(base, workloads):
    """Deployments select their own pods; services, disruption budgets and policies those of one part or of all."""
    pods = {name: workload["spec"]["template"]["metadata"]["labels"] for name, workload in workloads.items()}
    for name, deployment in of_kind(base, "Deployment").items():
        assert deployment["spec"]["selector"]["matchLabels"] == pods[name]
    for budget in of_kind(base, "PodDisruptionBudget").values():
        assert budget["spec"]["selector"]["matchLabels"] == pods[budget["metadata"]["name"]]
    service = of_kind(base, "Service")["web"]
    assert service["spec"]["selector"] == pods["web"]
    assert [port["name"] for port in container_of(workloads["web"])["ports"]] == [
        service["spec"]["ports"][0]["targetPort"]
    ]
    open_ports = {
        name: {port["name"] for port in container_of(one).get("ports", [])} for name, one in workloads.items()
    }
    for policy in of_kind(base, "NetworkPolicy").values():
        wanted = policy["spec"]["podSelector"]["matchLabels"].items()
        selected = {name for name, labels in pods.items() if wanted <= labels.items()}
        let_in = {port["port"] for rule in policy["spec"].get("ingress", []) for port in rule["ports"]}
        assert selected
        assert let_in <= set().union(*(open_ports[name] for name in selected))


def test_there_is_one_schedule(keda):
    """Two would send everything twice: the old one ends before the new one starts, and nothing scales it."""
    beat = of_kind(keda, "Deployment")["beat"]["spec"]

    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})
    assert {one["spec"]["scaleTargetRef"]["name"] for one in of_kind(keda, "ScaledObject").values()} == {
        "worker-text",
        "worker-image",
    }


def test_what_is_scaled_has_no_number_of_its_own(keda):
    """Each `apply` would set back what KEDA, or a person, has made of it."""
    deployments = of_kind(keda, "Deployment")

    for scaled in of_kind(keda, "ScaledObject").values():
        target = scaled["spec"]["scaleTargetRef"]["name"]
        assert "replicas" not in deployments[target]["spec"]
        assert 1 <= scaled["spec"]["minReplicaCount"] < scaled["spec"]["maxReplicaCount"]


def test_triggers_ask_for_the_length_of_our_streams(keda):
    """And not for a group: with one, KEDA would count what workers hold and not what waits."""
    scaled, known = of_kind(keda, "ScaledObject"), of_kind(keda, "TriggerAuthentication")

    for name, lane in (("worker-text", MAIL), ("worker-image", IMAGES)):
        (trigger,) = scaled[name]["spec"]["triggers"]
        assert trigger["type"] == "redis-streams"
        assert set(trigger["metadata"]) == {"stream", "streamLength", "databaseIndex"}
        assert trigger["metadata"]["stream"] == lane.stream
        assert int(trigger["metadata"]["streamLength"]) > 0
        assert trigger["authenticationRef"]["name"] in known


def test_the_length_is_what_waits_and_is_worked_on(redis, keda):
    """What the trigger reads (XLEN) is the mail without a verdict at every step; the lag leaves out what is held."""
    (trigger,) = of_kind(keda, "ScaledObject")["worker-text"]["spec"]["triggers"]
    stream = trigger["metadata"]["stream"]
    worker = WorkStream(redis, consumer="worker", batch_size=40)

    def figures():
        (group,) = redis.xinfo_groups(stream) if redis.exists(stream) else [{"lag": None}]
        return redis.xlen(stream), group["lag"]

    assert figures() == (0, None)  # nobody has sent mail yet: no error, and no worker is wanted for it
    WorkStream(redis).add(range(1, 101))
    assert figures() == (100, 100)
    (held, *_) = (batch for batch in worker.batches(timedelta(0)))
    assert figures() == (100, 60)
    held.acknowledge()
    assert figures() == (60, 60)
    next(worker.batches(timedelta(0)))  # a worker takes 40 more and dies: they wait still
    assert figures() == (60, 20)
    for batch in WorkStream(redis, consumer="another", claim_after=timedelta(0)).batches(timedelta(seconds=5)):
        batch.acknowledge()
    assert figures() == (0, 0)


def test_every_part_is_asked_for_a_sign_of_life(workloads):
    """Each deployment has a probe for its start and one for its life; a job ends by itself."""
    for name, workload in workloads.items():
        wanted = set() if name == "migrate" else {"startupProbe", "livenessProbe"}
        assert wanted <= set(probes_of(workload)), name
        assert ("readinessProbe" in probes_of(workload)) == (name not in ("beat", "poller", "migrate")), name


@contextmanager
def running(workload, configs, redis_server, tmp_path, **changed):
    """Run a part as its manifest says; its folders and secrets lie below a temporary one, and ports are free ones."""
    folders = {"/run/triage": tmp_path / "run", "/var/lib/triage": tmp_path / "data", SECRETS: tmp_path / "secrets"}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    url = f"sqlite:///{tmp_path}/triage.sqlite3"
    schema.migrate(create_engine_for(url))
    for key, value in {"database_url": url, "redis_url": redis_server.url, "secret_key": "k" * 32}.items():
        (folders[SECRETS] / key).write_text(value)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    told = {name: _moved(value, folders) for name, value in environment_of(workload, configs).items()}
    # A port that others may have, on an address that others may reach.
    on_this_machine = {"TRIAGE_METRICS_HOST": "127.0.0.1", "TRIAGE_METRICS_PORT": str(free_port())} | changed
    program, *arguments = container_of(workload)["args"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", program, *arguments], env=clean | told | on_this_machine, stdout=log, stderr=log
        )
    try:
        yield folders
        assert process.poll() is None, (tmp_path / "log").read_text()
    finally:
        process.terminate()
        process.wait(60)


def _moved(value, folders):
    for old, new in folders.items():
        value = value.replace(old, str(new))
    return value


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_pages_answer_their_probes(workloads, configs, redis_server, tmp_path):
    """`triage serve`, configured as in the cluster, says yes to each probe, by the name that it is called by."""
    port = free_port()

    with running(workloads["web"], configs, redis_server, tmp_path, TRIAGE_HOST="127.0.0.1", TRIAGE_PORT=str(port)):
        for name, probe in probes_of(workloads["web"]).items():
            (host,) = (one["value"] for one in probe["httpGet"]["httpHeaders"])
            url = f"http://127.0.0.1:{port}{probe['httpGet']['path']}"
            until(lambda url=url, host=host: _status(url, host) == 200, STARTED_WITHIN_SECONDS)
            assert _status(url, "elsewhere.example") == 400, name


def _status(url, host):
    try:
        return httpx2.get(url, headers={"Host": host}).status_code
    except httpx2.TransportError:
        return 0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["worker-image", "beat", "poller"])
def test_a_part_gives_the_signs_that_its_probes_ask_for(name, workloads, configs, redis_server, redis, tmp_path):
    """The very commands of the probes succeed once the part runs, and failed before."""
    probes = probes_of(workloads[name])

    def succeed(folders):
        commands = [[_moved(word, folders) for word in probe["exec"]["command"]] for probe in probes.values()]
        return [subprocess.run(command, check=False, capture_output=True).returncode == 0 for command in commands]

    assert not any(succeed({"/run/triage": tmp_path / "run"}))
    with running(workloads[name], configs, redis_server, tmp_path) as folders:
        until(lambda: all(succeed(folders)), STARTED_WITHIN_SECONDS)


def test_parts_are_those_of_docker_compose(workloads):
    """Image, command, user and signs of life are the same in both, so that what one proves holds for the other."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]

    for name, workload in workloads.items():
        service, container, pod = services[name], container_of(workload), pod_of(workload)
        assert (service["image"], service["command"]) == (container["image"], container["args"]), name
        assert service["user"] == "{runAsUser}:{runAsGroup}".format(**pod["securityContext"]), name
        if "find" in str(service.get("healthcheck")):
            asked = service["healthcheck"]["test"][-1].replace("$$", "$")
            assert probes_of(workload)["livenessProbe"]["exec"]["command"][-1] == asked, name
