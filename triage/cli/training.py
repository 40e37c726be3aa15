"""`triage train` and `triage evaluate`: a bundle from labelled mail, and what a bundle is worth on some.

The product knows nothing of training, so a command of ours turns into one of `python -m training`.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from triage.cli.options import JsonOption, settings_for
from triage.errors import ModelUnavailable
from triage.serving.manifest import DEFAULT_BUNDLE

EXAMPLES = "--examples"


class ManyExamples(TyperCommand):
    """A command whose `--examples` takes all the files that follow it, as `*.jsonl` gives them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse `--examples a b` as `--examples a --examples b`."""
        return super().parse_args(ctx, list(_each_named(args)))


train_command = typer.Typer(add_completion=False)


@train_command.command("train", cls=ManyExamples)
def train(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write the bundle into.")],
    examples: Annotated[
        list[Path] | None,
        typer.Option(EXAMPLES, metavar="FILE…", help="Your own labelled mail, JSON Lines; without, the shipped model."),
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Learn from your examples without the mail that the shipped model knows.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**32 - 1, metavar="N", help="Chance; the same seed gives the same model.")
    ] = None,
) -> None:
    """Train a model: progress to stderr, then its figures on mail held out."""
    if alone and not examples:
        raise typer.BadParameter("--alone is about your own mail; name it with --examples")
    chance = [] if seed is None else ["--seed", str(seed)]
    own = [EXAMPLES, *map(as_path, examples)] if examples else []
    become_training(["run", *chance, *["--alone"] * alone, f"--output={output}", *own])


def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Labelled mail, JSON Lines.")],
    bundle: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Bundle to judge; by default the one in use, or the shipped one.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with pictures too; it quotes your mail.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a model on labelled mail: its figures by head and language, what it confuses, its worst mistakes."""
    judged = bundle or settings_for(None).bundle or DEFAULT_BUNDLE
    page = [] if report is None else [f"--report={report}"]
    become_training(["judge", f"--bundle={judged}", *page, *["--json"] * as_json, *map(as_path, files)])


def _each_named(arguments: Sequence[str]) -> Iterator[str]:
    """Give every file after the option an option of its own; an option without a file goes last, where it is missed."""
    among_files, without_file = False, False
    for argument in arguments:
        if argument == EXAMPLES:
            among_files, without_file = True, True
        elif argument.startswith("-"):
            among_files = argument.startswith(f"{EXAMPLES}=")
            yield argument
        elif among_files:
            without_file = False
            yield from (EXAMPLES, argument)
        else:
            yield argument
    if without_file:
        yield EXAMPLES


def as_path(file: Path) -> str:
    """Return a name that no parser takes for an option."""
    return f"./{file}" if str(file).startswith("-") else str(file)


def become_training(arguments: list[str]) -> NoReturn:
    """Turn this process into the one that computes, so that Ctrl-C reaches it without a go-between."""
    command = training_command(arguments)
    sys.stdout.flush()
    # A Ctrl-C in between waits for `training/__main__.py`, which knows how to take it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execv(sys.executable, command)  # noqa: S606 (no shell is wanted)


def training_command(arguments: Sequence[str]) -> list[str]:
    """Return the command of a process that computes.

    Raises:
        ModelUnavailable: It could not, for want of TensorFlow.
    """
    if not all(map(find_spec, ("tensorflow", "tensorflow_text", "keras", "numpy"))):
        raise ModelUnavailable("TensorFlow is not installed here; install the extra `triage[model]`")
    # Read by the C++ parts of TensorFlow when they are loaded: errors only.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # -P: a file in the working directory, such as a `training.py`, must not stand in for a module of ours.
    return [sys.executable, "-P", "-m", "training", *arguments]
