"""Examples that somebody names on a command line."""

from collections.abc import Sequence
from pathlib import Path

from training.corpus import Example, read_examples
from triage.errors import InvalidSubmission


def examples_in(paths: Sequence[Path]) -> list[Example]:
    """Read the examples of all files, in order.

    Raises:
        InvalidSubmission: A line is no example, a file is no text, or there is no example in any file.
        OSError: A file cannot be read.
    """
    examples: list[Example] = []
    for path in paths:
        try:
            examples += read_examples(path)
        except (UnicodeDecodeError, RecursionError) as error:
            raise InvalidSubmission(f"{path} is not JSON Lines in UTF-8; write one labelled mail per line") from error
    if not examples:
        raise InvalidSubmission(f"{', '.join(map(str, paths))}: no mail is in there; write one labelled mail per line")
    return examples
