"""Logs say what went wrong and quote nothing."""

import json
import logging
from io import StringIO

import pytest

from triage.errors import StorageUnavailable
from triage.log import configure_logging

LETTER = "Dear Sir, my rash is back"


@pytest.fixture
def lines():
    """Log as processes do; give what was logged."""
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("info", as_json=True)
    written = StringIO()
    root.handlers[0].setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers, root.level = before[0], before[1]


def test_errors_of_libraries_are_logged_without_their_words(lines):
    """An error that quotes a letter, and one that it caused, are told by type and place; our own say what they say."""
    try:
        try:
            int(LETTER)
        except ValueError as error:
            raise StorageUnavailable("the database does not answer") from error
    except StorageUnavailable:
        logging.getLogger("any.library").exception("it failed")

    (line,) = lines()
    assert LETTER not in json.dumps(line)
    assert "ValueError\nwhich led to\n" in line["exception"]
    assert line["exception"].endswith("StorageUnavailable: the database does not answer")
    assert "test_log.py" in line["exception"]


def test_failed_tasks_are_logged_without_the_words_of_their_error(lines):
    """Celery puts an error into its own sentence; there too only its type is left."""
    try:
        int(LETTER)
    except ValueError as error:
        context = {"name": "triage.read", "exc": repr(error)}
        logging.getLogger("celery.app.trace").exception("Task %(name)s raised %(exc)s", context)

    (line,) = lines()
    assert line["event"] == "Task triage.read raised ValueError"
    assert LETTER not in json.dumps(line)
