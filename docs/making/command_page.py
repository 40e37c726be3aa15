"""The reference of the command line, from the commands themselves."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from docs.making.pages import table, write_page
from triage.cli.app import app

_NOTES = re.compile(r"\s*\[([^\[\]]*)\]$")


def write(folder: Path) -> None:
    """Write the page of all commands."""
    write_page(folder / "commands.md", page())


def page() -> str:
    """Return the page of all commands, in the order in which `triage --help` lists them."""
    root: Any = typer.main.get_command(app)
    commands = [(name, root.commands[name]) for name in root.commands]
    rows = ([f"[`triage {name}`](#triage-{name})", _summary(command)] for name, command in commands)
    parts = "\n".join(part for name, command in commands for part in _told(name, command, level=2))
    return (
        "# Commands\n\n"
        "Made from the commands themselves: `triage COMMAND --help` says the same. Commands that concern an instance "
        "find it by `--data`, or by the variables of [settings](settings.md). What goes wrong is told in one sentence, "
        "and the exit code is then not 0.\n\n"
        f"{table(['Command', 'Does'], rows)}\n{parts}"
    )


def _told(name: str, command: Any, *, level: int) -> Iterator[str]:
    title = f"triage {name}"
    inner = getattr(command, "commands", None)
    head = f"({title.replace(' ', '-')})=\n\n{'#' * level} `{title}`\n\n{_help(command)}\n"
    if inner is not None:
        yield head
        for one in inner:
            yield from _told(f"{name} {one}", inner[one], level=level + 1)
        return
    context = typer.Context(command, info_name=title)
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield f"{head}\n```text\n{' '.join(usage.split())}\n```\n\n{_options(command, context)}"


def _options(command: Any, context: Any) -> str:
    records = [one.get_help_record(context) for one in command.get_params(context) if "--help" not in one.opts]
    rows = [[f"`{_plainly(option)}`", *_meaning_and_notes(told)] for option, told in filter(None, records)]
    return table(["Option", "Meaning", "Values"], rows) if rows else ""


def _plainly(option: str) -> str:
    """Return an option with what it takes as people write it, not by the name of a type."""
    for kind, word in (("int range", "N"), ("float range", "N"), ("int", "N"), ("float", "N"), ("str", "TEXT")):
        option = option.replace(f"<{kind}>", word)
    return option


def _meaning_and_notes(told: str) -> tuple[str, str]:
    """Return what an option is for, and its default and bounds, which stand in brackets at the end."""
    found = _NOTES.search(told)
    if found is None:
        return told, ""
    notes = found[1].replace("<=x<=", " to ").replace("(dynamic)", "you").replace("; ", ", ")
    return told[: found.start()], re.sub(r", \d+ to 9223372036854775807|\d+ to 9223372036854775807(, )?", "", notes)


def _summary(command: Any) -> str:
    text = " ".join((command.help or "").split())
    sentence, stop, _ = text.partition(". ")
    return sentence + ("." if stop else "")


def _help(command: Any) -> str:
    return (command.help or "").replace("\x0c", "").strip()
