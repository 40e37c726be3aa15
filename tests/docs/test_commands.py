"""Every command in the README and the pages does what it says: run here, or by a test that is named, or by nobody.

A page's commands are run in its order, in one shell, on an instance with the sample mail (`tests/docs/scene.py`).
"""

import re
from collections.abc import Iterator

import pytest

from tests.docs.commands import Command, commands
from tests.docs.elsewhere import ANY, BY_NOBODY, BY_TEST
from tests.docs.fences import ROOT, fences, outside, pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ELSEWHERE = {**BY_TEST, **BY_NOBODY}
# What begins a line of a shell, where it is hidden in code that is not marked as such.
_PROGRAMS = re.compile(r"^(\$ )?(triage|make|curl|python|docker|helm|kubectl|pip|git|sudo|export) ")


def entry_of(command: Command) -> tuple[str, str] | None:
    """Return the entry of a command that is not run with its page."""
    for page, beginning in ELSEWHERE:
        if page in (ANY, command.page) and command.plain.startswith(beginning):
            return page, beginning
    return None


def run_here(page: str) -> list[Command]:
    """Return the commands of a page that are run with it."""
    return [command for command in commands(page) if entry_of(command) is None]


@pytest.mark.parametrize("page", [page for page in pages() if run_here(page)])
def test_commands_of_a_page_work(scene, page):
    """Each exits with 0, and what the page shows of its output is like what comes."""
    came = scene.run(run_here(page))

    failed = [str(one) for one in came if one.code != 0]
    assert not failed, "\n\n".join(failed)
    unlike = [
        f"{one}\nunlike what the page shows: {why}" for one in came for why in differences(one.command, one.output)
    ]
    assert not unlike, "\n\n".join(unlike)


@pytest.mark.parametrize(("page", "beginning"), ELSEWHERE)
def test_what_is_not_run_with_its_page_is_on_it(page, beginning):
    """A list that names commands which are gone would let others pass unseen."""
    assert any(entry_of(command) == (page, beginning) for one in pages() for command in commands(one)), (
        f"no command of {page} begins with `{beginning}`; take it off tests/docs/elsewhere.py"
    )


@pytest.mark.parametrize("named", sorted(set(BY_TEST.values())))
def test_a_test_that_stands_for_a_command_is_there(named):
    """It is named by its file, and by its function."""
    file, _, function = named.partition("::")

    assert (ROOT / file).is_file()
    assert not function or f"def {function}(" in (ROOT / file).read_text()


@pytest.mark.parametrize("page", pages())
def test_no_command_hides_in_code_that_is_not_marked(page):
    """In a block without a language, or an indented one, it would not be run."""
    hidden = [
        line
        for fence in fences(page)
        if fence.language in ("", "text")
        for line in fence.text.splitlines()
        if _PROGRAMS.match(line)
    ]
    indented = [line for line in outside(page).splitlines() if line.startswith("    ") and _PROGRAMS.match(line[4:])]

    assert not hidden + indented


def differences(command: Command, output: str) -> Iterator[str]:
    """Return what is shown and did not come: columns by their names, other lines by their beginning.

    Numbers, times and the order of rows depend on the moment; that rows are there does not.
    """
    if not command.shown:
        return
    shown, came = command.shown.splitlines(), output.splitlines()
    if not came:
        yield "nothing came"
    elif is_head(shown[0]):
        if shown[0].split() != came[0].split():
            yield f"columns {came[0].split()}"
        if len(shown) > len(came):
            yield f"{len(came)} lines came, {len(shown)} are shown"
    else:
        beginnings = {first_word(line) for line in came}
        yield from (f"no line begins with {line!r}" for line in shown if first_word(line) not in beginnings)


def is_head(line: str) -> bool:
    """Whether a line names columns."""
    words = line.split()
    return len(words) > 1 and all(word.isupper() for word in words)


def first_word(line: str) -> str:
    """Return how a line begins; of numbers only that they are some."""
    word = line.split()[0] if line.split() else ""
    return re.sub(r"[-+]?\d[\d.,:]*", "0", word)
