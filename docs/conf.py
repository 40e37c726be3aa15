"""Builds docs/ into a site: `make docs`."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from docs.making import api_pages, command_page, contents, neighbours, settings_page  # noqa: E402
from triage import __version__  # noqa: E402

project = "Triage"
version = release = __version__
# No year and no name: the licence says whose it is.
html_show_copyright = False
html_title = f"Triage {__version__}"

extensions = ["myst_parser"]
exclude_patterns = ["making", "static", "Thumbs.db", ".DS_Store"]
nitpicky = True

# As a forge makes them, so that a link to a heading works there and here.
myst_heading_anchors = 4
# Addresses in examples are no links.
myst_linkify_fuzzy_links = False
myst_enable_extensions = ["attrs_block"]

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_logo = "../triage/web/static/icon.svg"
html_favicon = "../triage/web/static/icon.svg"
# What would be copied beside each page, for readers who want its source: the repository has it.
html_copy_source = False
html_show_sphinx = False
# `$` lines and what came of them.
highlight_language = "text"
pygments_style, pygments_dark_style = "tango", "github-dark"


def write_reference(_: Sphinx) -> None:
    """Write the pages that are made, from the code or of what lies beside docs/, anew for each build."""
    folder = HERE / "reference"
    for pages in (api_pages, command_page, settings_page, neighbours):
        pages.write(folder)


def setup(app: Sphinx) -> None:
    """Make the reference before pages are looked for, and the contents from the list in index.md."""
    app.connect("builder-inited", write_reference)
    app.connect("source-read", neighbours.mend_links)
    app.connect("source-read", contents.add_to_index)
