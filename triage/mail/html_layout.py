"""An HTML tree laid out as lines of text.

Cells of a table follow each other on one line, but what holds paragraphs is never set side by side: mail uses tables
as layout. Text that nobody sees is left out. What is quoted gets the `>` of plain text, so that history is told from
what is new in one way.
"""

import re

from lxml import etree
from lxml.etree import _Element as Element

from triage.mail.look import PLAIN, Look, look_of
from triage.mail.style_sheet import StyleSheet

_PARTS_ALONE = re.compile(r"[\s.,;:]{1,200}")
_NOT_SHOWN = frozenset({"head", "noscript", "object", "script", "select", "style", "svg", "template", "title"})
_PARAGRAPHS = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"})
_BLOCKS = _PARAGRAPHS | {"address", "article", "aside", "caption", "center", "dd", "div", "dl", "dt", "fieldset"}
_BLOCKS |= {"figure", "footer", "form", "header", "legend", "li", "main", "nav", "section"}
_BLOCKS |= {"tbody", "tfoot", "thead", "tr"}
_CELLS = frozenset({"td", "th"})
_LISTS = frozenset({"ol", "ul"})
_PREFORMATTED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
# The indent button of some mailers makes a block quote without a border; nobody is quoted there.
_INDENTED = re.compile(r"border\s*:\s*none", re.IGNORECASE)
_MAX_DEPTH = 20


def laid_out(tree: Element) -> str:
    """Return the text of a tree as lines."""
    page, sheet, looks = _Page(), StyleSheet.of_tree(tree), [PLAIN]
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            page.leave(element)
            looks.pop()
            page.write(element.tail, looks[-1])
            continue
        look = _look(element, looks[-1], sheet)
        looks.append(look or looks[-1])
        if look is not None:
            page.enter(element)
            page.write(element.text, look)
        else:
            walk.skip_subtree()
    page.end_line()
    return "\n".join(page.lines)


def _look(element: Element, around: Look, sheet: StyleSheet) -> Look | None:
    if element.tag in _NOT_SHOWN:
        return None
    if not sheet.has_rules and not element.attrib:
        return around  # most elements of most mail, and all of some bombs
    if element.get("hidden") is not None:
        return None
    return look_of(element, around, sheet)


def _is_paragraph(element: Element) -> bool:
    # Outlook makes every line a `p` without margins.
    return element.tag in _PARAGRAPHS and not (element.get("class") or "").startswith("Mso")


def _is_quote(element: Element) -> bool:
    if element.tag != "blockquote":
        return False
    return element.get("type") == "cite" or not _INDENTED.search(element.get("style") or "")


def _is_preformatted(element: Element) -> bool:
    return element.tag == "pre" or bool(_PREFORMATTED.search(element.get("style") or ""))


class _Page:
    """The lines so far, the one being written, and the elements that are open and matter for the next."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._gap = ""
        self._wants_blank_line = False
        self._quotes: list[Element] = []
        self._preformatted: list[Element] = []
        self._lists: list[Element] = []
        self._items: list[int] = []
        self._bullet = ""

    def enter(self, element: Element) -> None:
        """Begin an element."""
        tag = element.tag
        if tag in _BLOCKS:
            self.end_line()
            self._wants_blank_line |= _is_paragraph(element) and not self._lists
            self._open_block(element)
        elif tag == "br":
            self._break()
        elif tag in _CELLS:
            self._gap = "  "
        if _is_preformatted(element):
            self._preformatted.append(element)

    def leave(self, element: Element) -> None:
        """End an element."""
        if element.tag in _BLOCKS:
            self.end_line()
            self._wants_blank_line |= _is_paragraph(element) and not self._lists[1:]
        if self._lists and self._lists[-1] is element:
            self._lists.pop()
            self._items.pop()
        for open_ones in (self._quotes, self._preformatted):
            if open_ones and open_ones[-1] is element:
                open_ones.pop()

    def write(self, text: str | None, look: Look) -> None:
        """Write text that can be read; outside of preformatted elements a run of white space is one space.

        What only parts words and sentences is written however it looks: it says nothing, and without it they would run
        into each other.
        """
        if not text or not (look.is_legible or _PARTS_ALONE.fullmatch(text)):
            return
        if self._preformatted:
            self._write_preformatted(text)
            return
        words = " ".join(text.split())
        if not words:
            self._gap = self._gap or " "
            # Editors write an empty line as a paragraph that holds a no-break space.
            self._wants_blank_line |= "\xa0" in text and not self._line
            return
        if text[0].isspace():
            self._gap = self._gap or " "
        self._append(words)
        self._gap = " " if text[-1].isspace() else ""

    def end_line(self) -> None:
        """End the line being written, if there is one."""
        self._gap = ""
        if not self._line:
            return
        prefix = "> " * min(len(self._quotes), _MAX_DEPTH)
        if self._wants_blank_line and self.lines:
            self.lines.append(prefix.rstrip() if self.lines[-1].startswith(">") else "")
        self.lines.append(prefix + "".join(self._line).rstrip())
        self._line.clear()
        self._wants_blank_line = False

    def _break(self) -> None:
        if not self._line:
            self._wants_blank_line = True
        self.end_line()

    def _open_block(self, element: Element) -> None:
        if _is_quote(element):
            self._quotes.append(element)
        elif element.tag in _LISTS:
            self._lists.append(element)
            self._items.append(0)
        elif element.tag == "li" and self._lists:
            self._items[-1] += 1
            sign = f"{self._items[-1]}. " if self._lists[-1].tag == "ol" else "- "
            self._bullet = "  " * min(len(self._lists) - 1, _MAX_DEPTH) + sign

    def _append(self, text: str) -> None:
        self._line.append((self._gap if self._line else self._bullet) + text)
        self._bullet = self._gap = ""

    def _write_preformatted(self, text: str) -> None:
        first, *others = text.split("\n")
        self._append(first)
        for line in others:
            self._break()
            self._append(line)
