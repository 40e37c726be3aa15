"""Importing TensorFlow without its chatter.

Its C++ parts write notes about processor features straight to file descriptor 2 while they are loaded, before any
setting of theirs is read. There they would stand between the lines of our logs and in a person's terminal.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stderr_silenced() -> Iterator[None]:
    """Drop what is written to file descriptor 2 meanwhile; an exception still passes."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
