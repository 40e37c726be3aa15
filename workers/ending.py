"""How a worker process ends: at once when it is told to while it starts, and quickly when its work is done."""

import atexit
import logging
import os
import signal
import sys
from typing import Any


class Ending:
    """The end of this process, prepared at its start.

    The interpreter would take TensorFlow apart object by object, for seconds of processor time after all work is done
    and acknowledged; we leave before that.
    """

    def __init__(self) -> None:
        self._exit_code = 0

    def prepare(self) -> None:
        """Listen to signals until Celery does, and see to it that the process ends quickly.

        The first process of a container ignores signals that nobody listens to.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end_at_once)
        # What is registered later runs earlier, so this is the last that happens.
        atexit.register(self._leave)

    def note(self, exit_code: int | None) -> None:
        """Remember what Celery ended with."""
        self._exit_code = exit_code or 0

    def _leave(self) -> None:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(self._exit_code)


def _end_at_once(*_: Any) -> None:
    # Nothing has been taken yet. An exception instead would pass through the import of TensorFlow, which may catch it.
    os._exit(0)
