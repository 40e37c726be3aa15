"""Pages that lie beside docs/, in the root of the repository, and links that lead out of docs/.

A forge follows such links by itself. The site takes the pages along; of a folder or another file it keeps the name.
"""

import os
import re
from pathlib import Path

from sphinx.application import Sphinx

from docs.making.pages import write_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# What the site calls them: `security` is a page of its own.
TAKEN = {"CHANGELOG.md": "changelog", "CONTRIBUTING.md": "contributing", "SECURITY.md": "security-policy"}
FOLDER = "reference"
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\(([^()\s#]+)(#[^()\s]*)?\)")


def write(folder: Path) -> None:
    """Write the pages that are taken along."""
    for name, page in TAKEN.items():
        file = ROOT / name
        write_page(folder / f"{page}.md", moved(file.read_text(encoding="utf-8"), ROOT, DOCS / FOLDER))


def mend_links(_: Sphinx, name: str, source: list[str]) -> None:
    """Mend the links of a page that lead out of docs/; those that lead within it stay as they are."""
    if not name.startswith(f"{FOLDER}/"):
        folder = (DOCS / name).parent
        source[0] = moved(source[0], folder, folder)


def moved(text: str, from_folder: Path, to_folder: Path) -> str:
    """Return a page of one folder as it stands in another, with links that lead to the same places."""

    def mended(found: re.Match[str]) -> str:
        title, link, heading = found[1], found[2], found[3] or ""
        if re.match(r"[a-z]+:", link):
            return found[0]
        target = Path(os.path.normpath(from_folder / link))
        if target.parent == ROOT and target.name in TAKEN:
            target = DOCS / FOLDER / f"{TAKEN[target.name]}.md"
        if target.is_relative_to(DOCS) and (target.suffix == ".md" or target.is_file()):
            return f"[{title}]({os.path.relpath(target, to_folder)}{heading})"
        if target.is_file() and target.suffix != ".md":
            return f"[{title}]({os.path.relpath(target, to_folder)})"
        return title

    return _LINK.sub(mended, text)
