"""The commands of a block, one by one, with what the page shows of their output."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from tests.docs.fences import COMMANDS, Fence, fences

_PROMPT, _GOES_ON = "$ ", "> "
_REMARK = re.compile(r"(^|\s+)#\s.*$")


@dataclass(frozen=True)
class Command:
    """One command, with all its lines.

    Attributes:
        shown: What the page shows of its output; empty where it shows none.
    """

    page: str
    line: int
    text: str
    shown: str = ""

    @property
    def plain(self) -> str:
        """The command without a remark behind it, and on one line where it is continued: how lists name it."""
        one = self.text.replace("\\\n", " ")
        return " ".join(_REMARK.sub("", one).split()) if "\n" not in one else one


def commands(page: str) -> list[Command]:
    """Return all commands of a page, in order."""
    return [command for fence in fences(page) if fence.language in COMMANDS for command in commands_in(fence)]


def commands_in(fence: Fence) -> list[Command]:
    """Return the commands of a block, in order; a line that is a remark is none."""
    split = {"sh": _of_script, "console": _of_session}[fence.language]
    return [command for command in split(fence) if command.plain]


def _of_script(fence: Fence) -> Iterator[Command]:
    begun: list[str] = []
    for number, line in enumerate(fence.text.splitlines()):
        if not begun and not line.strip():
            continue
        begun.append(line)
        text = "\n".join(begun)
        if _is_whole(text):
            yield Command(fence.page, fence.line + number - len(begun) + 1, text)
            begun = []
    assert not begun, f"{fence.page}:{fence.line}: the block ends in the middle of a command"


def _of_session(fence: Fence) -> Iterator[Command]:
    lines = fence.text.splitlines()
    assert lines[0].startswith(_PROMPT), f"{fence.page}:{fence.line}: a session begins with `$ `"
    starts = [number for number, line in enumerate(lines) if line.startswith(_PROMPT)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        more = start + 1
        while more < end and lines[more].startswith(_GOES_ON):
            more += 1
        text = "\n".join(line[len(_PROMPT) :] for line in lines[start:more])
        yield Command(fence.page, fence.line + start, text, "\n".join(lines[more:end]).strip("\n"))


def _is_whole(text: str) -> bool:
    """Whether a shell would begin, and not wait for more: an open quotation, a `\\` at the end, a text to its mark."""
    if text.endswith("\\"):
        return False
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stderr
