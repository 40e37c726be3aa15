"""What `kubectl kustomize` makes of deploy/kubernetes, read by the questions that tests ask."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.conftest import missing

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"


def rendered(name):
    """Return the resources of a folder as the cluster gets them."""
    # The one that is locked first: that of Debian 12 cannot take a folder as a resource.
    program = shutil.which("kubectl", path=Path(sys.executable).parent) or shutil.which("kubectl")
    if program is None:
        missing("kubectl", "install it from https://kubernetes.io/docs/tasks/tools/")
    done = subprocess.run([program, "kustomize", FOLDER / name], check=True, capture_output=True, text=True)
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
