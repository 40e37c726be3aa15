"""The machine that figures were measured on."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks.clock import cores
from tests.postgres import PostgresServer
from triage.embedded.redis_program import redis_server
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest

PACKAGES = ("celery", "fastapi", "psycopg", "redis", "scikit-learn", "sqlalchemy", "tensorflow", "uvicorn")


def machine(server: PostgresServer | None) -> dict[str, Any]:
    """Return what the figures depend on: processor, system, versions and the model."""
    return {
        "cores": cores(),
        "cpu": _cpu_model(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": _postgres_version(server) if server else None,
        "sqlite": sqlite3.sqlite_version,
        "redis": _redis_version(),
        "packages": {name: version(name) for name in PACKAGES if _is_installed(name)},
        "model": read_manifest(DEFAULT_BUNDLE).version,
        "commit": _commit(),
    }


def _cpu_model() -> str:
    """Return the model's name and generation: virtual machines often hide the name."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    fields = dict(re.findall(r"^([\w ]+?)\s*: (.*)$", told, re.MULTILINE))
    name = fields.get("model name", platform.processor() or "unknown")
    known = "family" if "cpu family" in fields else ""
    return f"{name} ({known} {fields['cpu family']}, model {fields.get('model', '?')})" if known else name


def _postgres_version(server: PostgresServer) -> str:
    engine = create_engine(server.url)
    with engine.connect() as connection:
        told = str(connection.execute(text("SHOW server_version")).scalar_one())
    engine.dispose()
    return told.split(maxsplit=1)[0]


def _redis_version() -> str:
    told = subprocess.run([redis_server(), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\bv=([\d.]+)", told)
    return found[1] if found else "unknown"


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except ImportError:
        return False
    return True


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    done = subprocess.run([git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
