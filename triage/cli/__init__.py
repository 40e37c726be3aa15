"""The command line: arguments in, one call, text out. Results go to stdout, progress and logs to stderr."""

import getpass
import os
import sys

from triage.actor import set_actor
from triage.errors import TriageError, sentence_of

__all__ = ["main"]


def main() -> None:
    """Run a command; exit 0 when it is done, 1 when it failed, 2 when it was not understood, 130 on Ctrl-C."""
    try:
        # Here, because loading takes a second in which somebody may press Ctrl-C.
        from triage.cli.app import app

        set_actor(f"cli:{_user()}")
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has seen enough (`triage inbox | head`); nothing is left to be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (TriageError, OSError) as error:
        _fail(sentence_of(error))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number that has no name
        return str(os.getuid())


def _fail(sentence: str) -> None:
    print(f"triage: {sentence}", file=sys.stderr)  # noqa: T201 (the command line's own output)
    sys.exit(1)
