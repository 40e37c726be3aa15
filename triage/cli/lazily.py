"""Commands that are loaded when they are asked for, so that each costs what it needs itself.

All modules of all commands take a second or two to load, and nobody who lists the inbox needs the half of them.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


class Commands(MutableMapping[str, Any]):
    """The commands of a group by name, as `TyperGroup` keeps them; what is named here is loaded at the first look.

    Args:
        homes: Name of a command to where it is, `module:attribute`: a function or a Typer application of its own.
    """

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = dict(homes)
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a command, loaded.

        Raises:
            KeyError: There is none of that name.
        """
        if name not in self._loaded:
            self._loaded[name] = _load(name, self._homes[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._homes[name], self._loaded[name] = "", command

    def __delitem__(self, name: str) -> None:
        del self._homes[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)

    def __contains__(self, name: object) -> bool:
        return name in self._homes


def lazily(homes: Mapping[str, str]) -> type[TyperGroup]:
    """Return the class of a group with these commands, for `typer.Typer(cls=…)`."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands = Commands(homes)

    return LazyGroup


def _load(name: str, home: str) -> Any:
    """Load a command; an application with one command alone is that command."""
    module, _, attribute = home.partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        function, found = found, typer.Typer(add_completion=False)
        found.command()(function)
    is_one = len(found.registered_commands) == 1
    command = typer.main.get_command(found) if is_one else typer.main.get_group(found)
    command.name = name
    return command
