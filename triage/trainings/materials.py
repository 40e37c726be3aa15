"""What a training is given: the labelled mail of its mailbox as files, and how the trainings before it did."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from triage.storage import emails, trainings
from triage.storage.session import Database
from triage.trainings.child import Work
from triage.trainings.selection import Chosen, Selection
from triage.trainings.sides import Side

_BATCH = 500


def write_examples(database: Database, work: Work, selection: Selection) -> int:
    """Write the files that are learned from and judged by; return how many mails have no text."""
    work.folder.mkdir(parents=True, mode=0o700)
    empty = 0
    for side, file in ((Side.LEARNED, work.learned), (Side.HELD_OUT, work.held_out)):
        with file.open("w", encoding="utf-8", errors="replace") as lines:
            for example in _examples(database, selection.on(side)):
                if example["subject"].strip() or example["body"].strip():
                    lines.write(json.dumps(example) + "\n")
                else:
                    empty += 1
    return empty


def earlier_curve(database: Database, mailbox_id: int) -> list[dict[str, Any]]:
    """Return the learning curve as the training before this one left it."""
    with database.reading() as session:
        figures = trainings.last_figures(session, mailbox_id) or {}
    curve: list[dict[str, Any]] = figures.get("report", {}).get("curve", [])
    return curve


def _examples(database: Database, chosen: Sequence[Chosen]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(chosen), _BATCH):
        batch = {one.email_id: one for one in chosen[start : start + _BATCH]}
        with database.reading() as session:
            texts = emails.texts_of(session, list(batch))
        for text in texts:
            one = batch[text.id]
            yield {"id": text.id, "subject": text.subject, "body": text.text, "group": one.group, **one.said}
