"""The pages, and the code in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMANDS = ("sh", "console")
_OPENING = re.compile(r"^(?P<indent> {0,3})(?P<fence>`{3,})(?P<language>[^`]*)$")


@dataclass(frozen=True)
class Fence:
    """A block of code.

    Attributes:
        page: Its page, from the root of the repository.
        line: The line of the page on which its text begins, from 1.
        language: What is written behind the opening, `sh` say.
        text: Its lines, as they stand.
    """

    page: str
    line: int
    language: str
    text: str


def pages() -> list[str]:
    """Return every page that people read, but for those that a build makes."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    names = sorted(file.relative_to(ROOT).as_posix() for file in found)
    return [name for name in names if not name.startswith("docs/reference/")]


def read(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def fences(page: str) -> Iterator[Fence]:
    """Return the blocks of a page, in order."""
    lines = read(page).splitlines()
    number = 0
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        number += 1
        if opening is None:
            continue
        begin = number
        while number < len(lines) and lines[number].strip() != opening["fence"]:
            number += 1
        indent = len(opening["indent"])
        text = "\n".join(line[indent:] for line in lines[begin:number])
        yield Fence(page, begin + 1, opening["language"].strip(), text)
        number += 1


def outside(page: str) -> str:
    """Return the text of a page without its blocks, with as many lines."""
    lines = read(page).splitlines()
    for fence in fences(page):
        count = len(fence.text.splitlines())
        lines[fence.line - 2 : fence.line + count] = [""] * (count + 2)
    return "\n".join(lines)
