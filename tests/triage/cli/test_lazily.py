"""Commands are loaded when they are asked for, and every one that is listed is there."""

import subprocess
import sys

import typer

from triage.cli.app import COMMANDS, app
from triage.cli.lazily import Commands


def test_every_command_is_there_under_its_name():
    """Names in a table break unnoticed when something moves, so each is loaded here, with a help of its own."""
    commands = typer.main.get_command(app).commands

    loaded = {name: commands[name] for name in commands}

    assert {name: command.name for name, command in loaded.items()} == {name: name for name in COMMANDS}
    assert all(command.help for command in loaded.values())


def test_a_command_loads_what_it_needs_alone():
    """Asking for the version loads no database library, and listing the inbox no web framework."""
    code = (
        "import sys; from triage.cli.app import app; import typer; commands = typer.main.get_command(app).commands; "
        "print({'sqlalchemy', 'fastapi'} & set(sys.modules)); commands['inbox']; print({'fastapi'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["set()", "set()"]


def test_commands_are_a_mapping_like_any_other():
    """What is put in or taken out by hand is treated as in a dict."""
    commands = Commands({"topics": "triage.cli.topics:app"})

    commands["own"] = "a command"
    del commands["topics"]

    assert dict(commands) == {"own": "a command"}
