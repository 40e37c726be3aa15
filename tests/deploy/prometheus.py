"""Debian's Prometheus over the configuration that we ship, with addresses of this machine in place of services."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import yaml

from tests.ports import free_port
from tests.system.conftest import until

DEPLOY = Path(__file__).parents[2] / "deploy"
CONFIG, ALERTS = DEPLOY / "prometheus" / "prometheus.yml", DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "triage.json"


class PrometheusNotInstalled(Exception):
    """There is no Prometheus to start."""


def promtool(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run what comes with Prometheus to check its files."""
    if shutil.which("promtool") is None:
        raise PrometheusNotInstalled("install Debian's package prometheus")
    command = ["promtool", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=170, check=False)


def rules() -> list[dict[str, Any]]:
    """Return every alert rule."""
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Return every panel of the dashboard."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def queries() -> dict[str, str]:
    """Return every query of the dashboard by panel and letter, over the range that Grafana would put in."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", "1m")
        for panel in panels()
        for target in panel["targets"]
    }


def names_in(expression: str) -> set[str]:
    """Return the metrics that a query of ours names."""
    return set(re.findall(r"\b(?:triage|celery|process)_[a-z_]+", re.sub(r'"[^"]*"', "", expression)))


class Prometheus:
    """A server that asks one instance.

    Args:
        targets: Addresses by the name of the service that they stand for.
        key: What it shows to web processes.
    """

    def __init__(self, folder: Path, targets: Mapping[str, str], key: str) -> None:
        if shutil.which("prometheus") is None:
            raise PrometheusNotInstalled("install Debian's package prometheus")
        port = free_port()
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.config = _written(folder, targets, key)
        self.log = folder / "prometheus.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={self.config}",
                    f"--storage.tsdb.path={folder / 'series'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(self._is_ready, 60)

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return what a query gives now; an error fails."""
        answer = self.http.get("/api/v1/query", params={"query": query}).json()
        assert answer["status"] == "success", f"{query}: {answer.get('error')}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def value(self, query: str) -> float | None:
        """Return the value of the one sample that a query gives, if it gives one."""
        found = self.ask(query)
        return float(found[0]["value"][1]) if found else None

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule as it was last evaluated."""
        groups = self.http.get("/api/v1/rules").json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        self.http.close()

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, self.log.read_text()
        try:
            return self.http.get("/-/ready").status_code == 200
        except httpx2.TransportError:
            return False


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, str], key: str) -> Iterator[Prometheus]:
    """Run a server until the end of the block."""
    server = Prometheus(folder, targets, key)
    try:
        yield server
    finally:
        server.stop()


def _written(folder: Path, targets: Mapping[str, str], key: str) -> Path:
    """Write the shipped configuration with these addresses, and with little patience."""
    config = yaml.safe_load(CONFIG.read_text())
    config["global"] = {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"}
    for job in config["scrape_configs"]:
        static = [name.partition(":")[0] for one in job.pop("static_configs", []) for name in one["targets"]]
        found = [name for one in job.pop("dns_sd_configs", []) for name in one["names"]]
        job["static_configs"] = [{"targets": [targets[name] for name in static + found]}]
        if "authorization" in job:
            job["authorization"]["credentials_file"] = str(_secret(folder / "metrics_key", key))
    alerts = yaml.safe_load(ALERTS.read_text())
    for rule in (rule for group in alerts["groups"] for rule in group["rules"]):
        rule["for"] = "0s"
    (folder / "alerts.yml").write_text(yaml.safe_dump(alerts))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    return folder / "prometheus.yml"


def _secret(file: Path, key: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(key)
    return file
