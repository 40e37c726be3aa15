"""`python -m training run …`, `… judge …`, `… mailbox …`, and `… images-train …` and its kin.

The first two are what `triage train` and `triage evaluate` become, the third is what a worker starts for a mailbox; the
others are what `triage images` becomes.

Loading TensorFlow takes seconds, so either command is loaded here, where somebody may press Ctrl-C meanwhile.
"""

import os
import signal
import sys
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from triage.serving.quiet import stderr_silenced

COMMANDS = {
    "run": "training.run",
    "judge": "training.judge",
    "mailbox": "training.mailbox",
    "images-train": "training.images.run",
    "images-judge": "training.images.judge",
    "images-cascade": "training.images.cascade",
    "images-gate": "training.images.gate",
}


def main() -> int:
    """Run a command; return 0 when it is done, 1 when it failed, 2 when it was not understood; exit 130 on Ctrl-C."""
    command, arguments = sys.argv[1:2], sys.argv[2:]
    if command not in ([name] for name in COMMANDS):
        print(f"usage: python -m training {{{','.join(COMMANDS)}}} …", file=sys.stderr)  # noqa: T201
        return 2
    try:
        code: int = _loaded(COMMANDS[command[0]]).main(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _stop(sys.stderr.fileno())
    except BrokenPipeError:
        # Whoever read our output has seen enough (`triage evaluate … | head`); nothing is left to be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _loaded(name: str) -> ModuleType:
    """Import a module; Ctrl-C meanwhile ends the process there and then.

    An exception that is raised within an import may come out of it as another one, or not at all.
    """
    terminal = os.dup(sys.stderr.fileno())
    raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else we were told to ignore it
    if raises:
        signal.signal(signal.SIGINT, lambda *_: _stop(terminal))
    # `triage train` blocked it until somebody is there to take it.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with stderr_silenced():
        module = import_module(name)
    if raises:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return module


def _stop(terminal: int) -> NoReturn:
    """Say that nothing came of it, and exit without the farewells, which a second Ctrl-C would interrupt."""
    below_the_progress = b"\n" if os.isatty(terminal) else b""
    os.write(terminal, below_the_progress + b"triage: stopped before it was done; nothing was changed\n")
    os._exit(130)


if __name__ == "__main__":
    sys.exit(main())
