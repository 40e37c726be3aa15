"""The reference of settings: types and defaults from the code, meanings from the table in operations.md."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from docs.making.pages import table, write_page
from triage.settings import Settings

OPERATIONS = Path(__file__).parents[1] / "operations.md"
_ROW = re.compile(r"^\| (`TRIAGE_[^|]*) \| ([^|]*) \| (.*) \|$", re.MULTILINE)
_VARIABLE = re.compile(r"`(TRIAGE_[A-Z_]+)`")


def write(folder: Path) -> None:
    """Write the page of all settings."""
    write_page(folder / "settings.md", page())


def page() -> str:
    """Return the page of all settings, in the order of the code."""
    meanings = meanings_in(OPERATIONS.read_text(encoding="utf-8"))
    rows = (
        [f"`{variable_of(name)}`", kind_of(field), *meanings.get(variable_of(name), ("", ""))]
        for name, field in Settings.model_fields.items()
    )
    return (
        "# Settings\n\n"
        "Every setting is a variable, read when a process starts. Each may also be given as `…_FILE`, the name of a "
        "file that holds the value. A duration is a number of seconds, or as in ISO 8601 (`PT15M`); a list is JSON "
        '(`["10.0.0.0/8"]`). A value that cannot be used ends the process with a sentence that names the variable.\n\n'
        f"{table(['Variable', 'Type', 'Default', 'Meaning'], rows)}"
    )


def meanings_in(text: str) -> dict[str, tuple[str, str]]:
    """Return default and meaning of each variable in the table of operations.md."""
    told = {}
    for names, default, meaning in _ROW.findall(text):
        variables, defaults = _VARIABLE.findall(names), default.split(", ")
        for number, variable in enumerate(variables):
            own = defaults[number] if len(defaults) == len(variables) else default
            # Links there are seen from docs/, here from a folder below.
            told[variable] = (own, re.sub(r"\]\((?=[a-z-]+\.md)", "](../", meaning))
    return told


def variable_of(name: str) -> str:
    """Return the variable of a field of the settings."""
    return f"TRIAGE_{name.upper()}"


def kind_of(field: FieldInfo) -> str:
    """Return what a setting may be, in words."""
    annotation: Any = field.annotation
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(annotation))
    told = str(annotation)
    names = {"timedelta": "duration", "tuple": "list", "Path": "path", "bool": "true or false", "int": "whole number"}
    kind = next((name for sign, name in names.items() if sign in told), "text")
    return kind + _bounds(field)


def _bounds(field: FieldInfo) -> str:
    low = next((one.ge for one in field.metadata if isinstance(one, Ge)), None)
    above = next((one.gt for one in field.metadata if isinstance(one, Gt)), None)
    high = next((one.le for one in field.metadata if isinstance(one, Le)), None)
    if high is not None:
        return f", {_plain(low) if low is not None else f'above {_plain(above)}'} to {_plain(high)}"
    if low is not None:
        return f", {_plain(low)} or more"
    return f", above {_plain(above)}" if above is not None else ""


def _plain(bound: Any) -> str:
    return f"{bound.total_seconds():,.0f} s" if isinstance(bound, timedelta) else f"{bound:,}"
