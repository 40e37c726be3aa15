"""Links of the pages lead somewhere: to a file of the repository, to a heading of a page, or to an address that is one.

Addresses elsewhere are never asked: what others take away must not fail what we build. Their form is checked here.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.fences import ROOT, outside, pages, read

# Where examples lead, and our own machine: no links, though they look like some.
EXAMPLES = re.compile(r"^https?://(127\.0\.0\.1|localhost|\[::1\]|([a-z0-9-]+\.)?example\.(com|org|net))(?=[:/?]|$)")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*([^()\s]+(?:\([^()\s]*\))?)\s*\)")
_CODE = re.compile(r"(`+)(?:(?!\1).)*\1", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s)>\]\"'`|]+")
_TARGET = re.compile(r"<a (?:name|id)=\"([^\"]+)\"")


def links(page: str) -> list[str]:
    """Return where the links of a page lead."""
    return _LINK.findall(_CODE.sub("", outside(page)))


def anchors(page: str) -> set[str]:
    """Return the names of the headings of a page, as a forge makes them."""
    names: set[str] = set()
    for heading in _HEADING.findall(outside(page)):
        plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        name = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        again = 0
        while (numbered := f"{name}-{again}" if again else name) in names:
            again += 1
        names.add(numbered)
    return names | set(_TARGET.findall(read(page)))


def broken(page: str) -> Iterator[str]:
    """Return the links of a page that lead nowhere in the repository."""
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, name = unquote(link).partition("#")
        target = (ROOT / PurePosixPath(page).parent / path).resolve() if path else ROOT / page
        if not target.exists() or not target.is_relative_to(ROOT):
            yield f"{link}: there is no such file"
        elif name and target.suffix == ".md" and name not in anchors(target.relative_to(ROOT).as_posix()):
            yield f"{link}: there is no such heading"


@pytest.mark.parametrize("page", pages())
def test_links_within_the_repository_lead_somewhere(page):
    """To a file that is there, and to a heading that it has."""
    assert not list(broken(page))


def elsewhere() -> dict[str, set[str]]:
    """Return every address outside the repository, and the pages that name it."""
    found: dict[str, set[str]] = {}
    for page in pages():
        for address in _ADDRESS.findall(outside(page)):
            if not EXAMPLES.match(address):
                found.setdefault(address.rstrip(".,;:"), set()).add(page)
    return found


def test_addresses_elsewhere_are_whole_and_private(record_property):
    """They begin with https, name a host that can be one, and stand in one spelling; they are listed at the end."""
    found = elsewhere()
    wrong = [address for address in found if not re.match(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/|$)", address)]
    spellings: dict[str, set[str]] = {}
    for address in found:
        parts = urlsplit(address)
        same = f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/').lower()}?{parts.query}"
        spellings.setdefault(same, set()).add(address.partition("#")[0])

    record_property("figure", f"links that lead elsewhere, asked by nobody: {', '.join(sorted(found))}")
    assert not wrong
    assert not [same for same in spellings.values() if len(same) > 1]
