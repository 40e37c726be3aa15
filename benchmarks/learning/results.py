"""Results as rows in a file, each under the question it answers; what is there need not be asked again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

PATH = Path(__file__).parents[1] / "results" / "learning.json"
NAMES = ("question", "set", "known_labels", "labels", "variant", "seed", "contender")

Row = dict[str, Any]
Key = tuple[Any, ...]


class Results:
    """The rows of a file; each replaces the one with the same names, and is written at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []

    def has(self, names: Mapping[str, Any]) -> bool:
        """Say whether there is a row of these names."""
        return _key(names) in map(_key, self.rows)

    def keep(self, row: Row) -> None:
        """Add a row in the place of its former one, and write all."""
        self.rows = sorted([old for old in self.rows if _key(old) != _key(row)] + [row], key=_order)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lines = ",\n".join(json.dumps(kept) for kept in self.rows)
        text = f'{{"machine": {json.dumps(machine(None), indent=1)},\n"rows": [\n{lines}\n]}}\n'
        written = self._path.with_suffix(".writing")
        written.write_text(text, encoding="utf-8")
        written.replace(self._path)


def _key(row: Mapping[str, Any]) -> Key:
    return tuple(row.get(name) for name in NAMES)


def _order(row: Row) -> tuple[str, ...]:
    return tuple(f"{name:>9}" if isinstance(name, int) else str(name) for name in _key(row))
