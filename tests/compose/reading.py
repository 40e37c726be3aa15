"""docker-compose.yml and the Dockerfile, read as a test needs them."""

import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
COMPOSE_FILE = REPOSITORY / "docker-compose.yml"
DOCKERFILE = REPOSITORY / "Dockerfile"
# Services that need no profile, which `docker compose up` starts.
OURS = ("migrate", "web", "worker-text", "worker-image", "worker-train", "beat", "poller")

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_BYTES = {"k": 2**10, "m": 2**20, "g": 2**30}


def compose_file() -> dict[str, Any]:
    """Return the file, merged and with what a machine without a .env would put for `${…}`."""
    text = re.sub(r"(?<!\$)\$\{\w+:-([^}]*)\}", r"\1", COMPOSE_FILE.read_text())
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def services() -> dict[str, dict[str, Any]]:
    """Return all services by name."""
    found: dict[str, dict[str, Any]] = compose_file()["services"]
    return found


def duration(text: str) -> timedelta:
    """Return what `1m30s` says."""
    parts = re.findall(r"(\d+)([smh])", text)
    assert "".join(number + unit for number, unit in parts) == text
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))


def size(text: str) -> int:
    """Return how many bytes `640m` is."""
    return int(text[:-1]) * _BYTES[text[-1]]


def check_of(service: dict[str, Any]) -> list[str]:
    """Return the health check of a service as the words of a command."""
    kind, *words = service["healthcheck"]["test"]
    assert kind in ("CMD", "CMD-SHELL")
    return words if kind == "CMD" else ["/bin/sh", "-c", *words]


def instructions(stage: str | None = None) -> list[tuple[str, list[str]]]:
    """Return the instructions of the Dockerfile, or of one stage of it, each with its words."""
    text = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text()))
    found: list[tuple[str, list[str]]] = []
    now = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        words = shlex.split(rest)
        if instruction == "FROM":
            now = words[2]
        if stage in (None, now):
            found.append((instruction, words))
    return found


def image_environment() -> dict[str, str]:
    """Return the variables that our images set."""
    return dict(
        word.split("=", 1) for instruction, words in instructions("base") if instruction == "ENV" for word in words
    )
