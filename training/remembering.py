"""The memory that a mailbox would have with a model: fitted to the same labels, as a text worker fits it."""

from collections.abc import Sequence

from training.corpus import Example
from training.text import mail_text
from triage.memory.memory import MOST_MAILS, Lesson, Memory, learned_from
from triage.ranking import HEADS
from triage.serving.text import TextModel


def memory_with(model: TextModel, learned: Sequence[Example], topics: Sequence[str]) -> Memory:
    """Fit a memory to labelled mail that a model reads; of many the last ones count, which were labelled last."""
    newest = learned[: -MOST_MAILS - 1 : -1]
    readings = model.read([mail_text(example) for example in newest])
    lessons = [
        Lesson(reading, _said(example))
        for reading, example in zip(readings, newest, strict=True)
        if reading.representation
    ]
    heads, _ = learned_from(lessons, topics) if lessons else ({}, {})
    return Memory(1, model.version, heads)


def _said(example: Example) -> dict[str, object]:
    return {head: value for head in HEADS if (value := getattr(example, head)) is not None}
