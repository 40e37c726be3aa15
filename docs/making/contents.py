"""The contents of the site, from the list that people read in index.md.

Sphinx wants a `toctree`, which a forge would show as code. So index.md is plain Markdown: each second heading with a
list of links below it becomes a part of the contents, and the pages that the build makes are added where it speaks of
them.
"""

import re

from sphinx.application import Sphinx

INDEX = "index"
MADE = {
    "Reference": (
        ("API", "reference/api/index.md", "every route, with its parameters, examples and answers"),
        ("Commands", "reference/commands.md", "every command and option of `triage`"),
        ("Settings", "reference/settings.md", "every variable, with its type and default"),
        ("Changelog", "reference/changelog.md", "what changed for the people who use Triage"),
        ("Contributing", "reference/contributing.md", "how to report, and how to send a change"),
        ("Security policy", "reference/security-policy.md", "whom to tell of a hole, and what is held against what"),
    )
}
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK = re.compile(r"^- \[[^\]]+\]\(([^)#]+)\.md\)", re.MULTILINE)


def add_to_index(_: Sphinx, name: str, source: list[str]) -> None:
    """Give the index its contents; other pages stay as they are."""
    if name == INDEX:
        source[0] = with_contents(source[0])


def with_contents(text: str) -> str:
    """Return the index with the pages that are made, and after each part the contents that Sphinx reads."""
    opening, *parts = _HEADING.split(text)
    told = [opening]
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        made = "".join(f"- [{title}]({file}): {what}\n" for title, file, what in MADE.get(heading, ()))
        whole = body.rstrip("\n") + "\n" + made
        pages = _LINK.findall(whole)
        contents = "\n".join(["```{toctree}", ":hidden:", f":caption: {heading}", "", *pages, "```"]) if pages else ""
        told.append(f"## {heading}{whole}\n{contents}\n\n")
    return "".join(told)


def pages_of(text: str) -> list[str]:
    """Return the pages that the index leads to, as files."""
    return [f"{name}.md" for name in _LINK.findall(text)]
