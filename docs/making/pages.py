"""Writing pages: a file is touched only when it changes, so that Sphinx reads again what is new and nothing else."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def write_page(file: Path, text: str) -> None:
    """Write a page, with its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a column that says nothing in any row is left out."""
    told = [[cell(one) for one in row] for row in rows]
    kept = [column for column in range(len(head)) if any(row[column] for row in told)]
    lines = [head, ["---"] * len(head), *told]
    return "".join(f"| {' | '.join(line[column] for column in kept)} |\n" for line in lines)


def cell(text: str) -> str:
    """Return a text as it may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
