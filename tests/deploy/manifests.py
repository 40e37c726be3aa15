"""What `kubectl kustomize` makes of deploy/kubernetes, read by the questions that tests ask."""

import shutil
import subprocess
from pathlib import Path

import yaml

from tests.conftest import missing

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"


def rendered(name):
    """Return the resources of a folder as the cluster gets them."""
    if not shutil.which("kubectl"):
        missing("kubectl", "install Debian's kubernetes-client")
    done = subprocess.run(["kubectl", "kustomize", FOLDER / name], check=True, capture_output=True, text=True)
    return list(yaml.safe_load_all(done.stdout))


def of_kind(resources, kind):
    """Return the resources of a kind by their names."""
    return {one["metadata"]["name"]: one for one in resources if one["kind"] == kind}


def pod_of(workload):
    """Return the pod's specification of a deployment or a job."""
    return workload["spec"]["template"]["spec"]


def container_of(workload):
    """Return the one container of a deployment or a job."""
    (container,) = pod_of(workload)["containers"]
    return container


def environment_of(workload, configs):
    """Return the variables that a container sees."""
    container = container_of(workload)
    named = [configs[source["configMapRef"]["name"]]["data"] for source in container.get("envFrom", [])]
    told = {one["name"]: one["value"] for one in container.get("env", [])}
    return {name: value for data in named for name, value in data.items()} | told


def probes_of(workload):
    """Return the probes of a container by their kind."""
    return {name: told for name, told in container_of(workload).items() if name.endswith("Probe")}
