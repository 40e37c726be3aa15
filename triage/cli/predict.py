"""`triage predict`: readings of texts, without storage, server or Redis."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.cli.options import quiet_logging, settings_for
from triage.errors import ModelUnavailable
from triage.mail import MailText
from triage.predict import predict as readings_of
from triage.ranking import load_policy
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.protocol import TextModel

BATCH = 256


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the input: its text, or why there is none."""

    example_id: Any
    text: MailText | None
    error: str = ""


def predict(
    bundle: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Bundle to read with; by default the shipped one.")
    ] = None,
) -> None:
    """Read texts: examples from stdin, one JSON object a line, readings to stdout in the same order."""
    quiet_logging()
    settings = settings_for(None)
    policy = load_policy(settings.policy_file)
    model = _load(bundle or settings.bundle or DEFAULT_BUNDLE, deep=settings.deep_stage)
    failed = False
    for batch in _batches(sys.stdin.buffer):
        readings = iter(readings_of([line.text for line in batch if line.text is not None], model, policy))
        for line in batch:
            answer = {"error": line.error} if line.text is None else next(readings)
            failed = failed or line.text is None
            typer.echo(json.dumps({"id": line.example_id} | answer, ensure_ascii=False).encode("utf-8", "replace"))
    if failed:
        raise typer.Exit(1)


def _load(bundle: Path, *, deep: bool) -> TextModel:
    try:
        from triage.serving.text import load_text_model
    except ImportError as error:
        raise ModelUnavailable("TensorFlow is not installed here; install the extra `triage[model]`") from error
    return load_text_model(bundle, deep=deep)


def _batches(lines: Any) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for number, line in enumerate(lines, 1):
        batch.append(_line(line, number))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _line(line: bytes, number: int) -> Line:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return Line(None, None, f"line {number} is not JSON; write one object per line")
    if not isinstance(document, dict):
        return Line(None, None, f'line {number} is not an object; write {{"id": …, "subject": …, "body": …}}')
    example_id, subject, body = document.get("id"), document.get("subject", ""), document.get("body", "")
    if not isinstance(subject, str) or not isinstance(body, str):
        return Line(example_id, None, f"line {number}: subject and body must be texts; correct it there")
    if "subject" not in document and "body" not in document:
        return Line(example_id, None, f"line {number} has neither subject nor body; give it one of them")
    return Line(example_id, MailText(subject, body))
