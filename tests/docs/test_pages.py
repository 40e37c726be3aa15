"""The pages name what there is: pages are in the contents, settings in their table, commands on the command line."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer

from docs.making.contents import pages_of, with_contents
from docs.making.neighbours import DOCS, moved
from docs.making.settings_page import meanings_in, variable_of
from tests.docs.commands import commands
from tests.docs.fences import ROOT, outside, pages, read
from triage.cli.app import app
from triage.settings import Settings

INDEX = "docs/index.md"
_INLINE = re.compile(r"(?<!`)`(triage [a-z][^`]*)`(?!`)")
# What a text leaves open, and what a shell would do with it.
_LEFT_OPEN = re.compile(r"[…\[\]]|(?<= )[A-Z]{2,}\b")


def test_every_page_is_in_the_contents_once():
    """A page that nothing leads to is read by nobody; add a line to docs/index.md."""
    listed = [f"docs/{name}" for name in pages_of(read(INDEX))]

    assert sorted(listed) == [page for page in pages() if page.startswith("docs/") and page != INDEX]


def test_the_contents_have_the_pages_of_their_heading():
    """What people read as a list is what the site has at its side."""
    text = with_contents("# T\n\n## Begin\n\n- [One](one.md): first\n- [Two](a/two.md): second\n\n## Words\n\nNone.\n")

    assert "```{toctree}\n:hidden:\n:caption: Begin\n\none\na/two\n```" in text
    assert text.count("{toctree}") == 1


def test_links_out_of_the_folder_lead_to_what_the_site_takes_along():
    """To the changelog they do; of a folder the name stays; within the folder nothing changes."""
    outward = "[news](../CHANGELOG.md#unreleased), [files](../triage)"
    inward = "[faq](faq.md#mail), [rules](../triage/ranking/policy.toml)"

    assert moved(outward, DOCS, DOCS) == "[news](reference/changelog.md#unreleased), files"
    assert moved(inward, DOCS, DOCS) == inward
    assert (
        moved("[a](docs/faq.md), [b](SECURITY.md)", ROOT, DOCS / "reference")
        == "[a](../faq.md), [b](security-policy.md)"
    )


def test_the_table_of_settings_has_every_setting_and_no_other():
    """A setting that is not told is found by nobody, and one that is gone does nothing."""
    told = meanings_in(read("docs/operations.md"))

    assert set(told) == {variable_of(name) for name in Settings.model_fields}


def test_the_table_tells_the_defaults_that_are_numbers():
    """As far as they are plain numbers there; `7 days` and the like are for people."""
    told = meanings_in(read("docs/operations.md"))
    numbers = {
        variable_of(name): field.default
        for name, field in Settings.model_fields.items()
        if type(field.default) is int and re.fullmatch(r"`?\d+`?", told[variable_of(name)][0])
    }

    assert {name: int(told[name][0].strip("`")) for name in numbers} == numbers
    assert len(numbers) > 5


@pytest.mark.parametrize("page", pages())
def test_commands_that_a_text_names_exist_with_their_options(page):
    """`triage accounts test NAME` in a sentence is not run; that there is such a command can be known."""
    named = _INLINE.findall(outside(page)) + [
        command.plain for command in commands(page) if command.plain.startswith("triage ")
    ]
    assert not [f"{text}: {wrong}" for text in named for wrong in unknown_in(text)]


def unknown_in(text: str) -> Iterator[str]:
    """Return what a command line names and the command line does not have."""
    words = _words_of(text)
    command = typer.main.get_command(app)
    while words and (inner := getattr(command, "commands", None)) is not None:
        if words[0].startswith("-") or _LEFT_OPEN.search(f" {words[0]}"):
            return
        if words[0] not in inner:
            yield f"there is no command {words[0]}"
            return
        command = inner[words.pop(0)]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {
        "--help",
        "-h",
        "--version",
    }
    yield from (
        f"there is no option {word}" for word in words if word.startswith("-") and word not in known and word != "-"
    )


def _words_of(text: str) -> list[str]:
    """Return the words of a command, without what a shell does with its output."""
    whole = text.replace("\\\n", " ")
    try:
        words = shlex.split(whole, comments=True)
    except ValueError:  # half of a quotation, in a sentence
        words = whole.split()
    ends = [number for number, word in enumerate(words) if word[:1] in "|<>;&" or word.startswith("2>")]
    return [word.partition("=")[0] for word in words[1 : ends[0] if ends else len(words)]]
