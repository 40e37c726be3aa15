"""What docs/logs.md says can be relied on is what the code logs, and its commands find what they say."""

import ast
import logging
import re
import shutil
import subprocess
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
import structlog

from tests.conftest import missing
from triage.log import configure_logging
from triage.origin import Origin, coming_from

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
LEVELS = ("debug", "info", "warning", "error", "exception")
# `| `event` | level | `field`, `field` | when |`
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \|", re.MULTILINE)


def promised() -> dict[str, tuple[str, set[str]]]:
    """Event to its level and fields, as the page has them."""
    table = PAGE.partition("## Lines to rely on")[2].partition("## ")[0]
    return {event: (level, set(re.findall(r"`(\w+)`", fields))) for event, level, fields in ROW.findall(table)}


@cache
def calls() -> list[tuple[Path, ast.Call]]:
    """Every call that logs."""
    found = []
    for folder in ("triage", "workers", "training"):
        for file in (ROOT / folder).rglob("*.py"):
            if "get_logger" in (text := file.read_text(encoding="utf-8")):
                found += [
                    (file, one) for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call) and logs_by(one)
                ]
    return found


def logs_by(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return name == "say" or (name.startswith("log.") and name.removeprefix("log.") in LEVELS)


def event_of(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_every_event_is_a_constant_string():
    """Whoever looks for an event finds it by its words: none is put together from parts."""
    assert calls()
    assert [f"{file.name}:{call.lineno}" for file, call in calls() if event_of(call) is None] == []


@pytest.mark.parametrize("event", promised())
def test_what_can_be_relied_on_is_logged(event):
    """Each place that logs a promised event gives it the promised level and all of its fields."""
    level, fields = promised()[event]

    places = [call for _, call in calls() if event_of(call) == event]
    assert places, "nobody logs it"
    for call in places:
        names = {one.arg for one in call.keywords}
        assert ast.unparse(call.func) in ("say", f"log.{level}")
        # A mapping may have the others.
        assert fields <= names or None in names, fields - names


@pytest.fixture
def logs(tmp_path):
    """What a web process and a worker log of two mails, as files in `log`."""
    root = logging.getLogger()
    before = root.handlers, root.level
    written: dict[str, StringIO] = {}

    def process(name, **always):
        configure_logging("info", as_json=True, always=always)
        root.handlers[0].setStream(written.setdefault(name, StringIO()))
        return structlog.get_logger(name)

    web = process("serve")
    for email_id, request_id in ((41, "desk-42"), (7, "desk-43")):
        with coming_from(Origin(request_id)):
            web.info("emails stored", mailbox="main", count=1, email_ids=[email_id])
    worker = process("worker", worker="desk-1")
    worker.info("batch done", what="email", size=2, count=2, email_ids=[7, 41], request_ids=["desk-43", "desk-42"])
    worker.warning("attempt failed", what="email", email_id=41, attempt=1, error="ValueError")
    root.handlers, root.level = before[0], before[1]
    (tmp_path / "log").mkdir()
    for name, lines in written.items():
        (tmp_path / "log" / f"{name}.log").write_text("1:M Redis says this\n" + lines.getvalue())
    return tmp_path


def test_commands_of_the_page_follow_one_email_and_one_request(logs):
    """The email is found where it was stored, in its batch and where it failed; the request in the first two."""
    if shutil.which("jq") is None:
        missing("jq", "Debian's package jq is not installed")

    answers = [
        subprocess.run(["sh", "-ec", command], cwd=logs, capture_output=True, text=True, check=True).stdout
        for command in re.findall(r"```sh\n(.+?)```", PAGE, re.DOTALL)
    ]

    events = [re.findall(r'"event":"([^"]+)"', answer) for answer in answers]
    assert events[0] == ["emails stored", "batch done", "attempt failed"]
    assert events[1] == ["emails stored", "batch done"]
    assert answers[2].split() == ["1", "attempt", "failed"]
