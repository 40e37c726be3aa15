"""The table of routes in `docs/security.md`, made from what each route says that it needs.

`python -m triage.web.route_table` writes it into the page, between two marks; a test compares them.
"""

from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI

from triage.api.access import Needs, api_routes, needed_by
from triage.web.app import create_app

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- routes -->\n", "<!-- end of routes -->\n"


def rows(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Yield method, path and need of each route, in the order of paths."""
    told = [
        (route.path.replace(":path}", "}"), method, need_in_words(needed_by(route)))
        for route in api_routes(app)
        for method in sorted(route.methods or ())
    ]
    yield from ((method, path, need) for path, method, need in sorted(told))


def need_in_words(need: Needs | None) -> str:
    """Return what a route needs as the table says it."""
    if need is None:
        return "undeclared"
    if need.scope is None:
        return "nothing"
    return f"{need.scope}, of all mailboxes" if need.whole else str(need.scope)


def route_table(app: FastAPI) -> str:
    """Return the table in Markdown."""
    lines = [f"| {method} | `{path}` | {need} |" for method, path, need in rows(app)]
    return "\n".join(["| Method | Route | Needs |", "|---|---|---|", *lines]) + "\n"


def page_with(table: str, page: str) -> str:
    """Return the page with a table between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table + END + after


if __name__ == "__main__":
    PAGE.write_text(page_with(route_table(create_app()), PAGE.read_text("utf-8")), "utf-8")
