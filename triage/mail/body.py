"""Which parts of a mail are its text, which are files, and what the text says.

A mail shows one of several alternatives, or several texts one after the other. We read plain text where a person
wrote it, and HTML where plain text is missing or only says that one should look at the HTML.
"""

import re
from dataclasses import dataclass, field

from triage.mail import bounds
from triage.mail.attachments import disposition, file_name
from triage.mail.content import text_of
from triage.mail.html import MAX_HTML_CHARS, text_of_html
from triage.mail.parts import Part

_HTML = "text/html"
_TEXTS = frozenset({"text/plain", _HTML})
_STUB = re.compile(
    r"\b(?:no|not|kein\w*|nicht|cannot|unable)\b.{0,80}\bHTML|n't.{0,80}\bHTML|\bHTML.{0,80}\b(?:nicht|not|aktivier|enable|fähig|capable)"
    r"|\b(?:view|read|see|open)\b.{0,80}\b(?:browser|online)\b|\bbrowser (?:an(?:sehen|zeigen|schauen)|öffnen|lesen)",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_STUB = 600
_MARKUP = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_NO_WORDS = re.compile(r"https?://\S+|\[[^\]]*\]|<[^>]*>")
_WORD = re.compile(r"\w{2,}")
_FEWEST_WORDS = 3


@dataclass
class Showing:
    """Parts that show the same: plain text, and its form in HTML."""

    plain: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)


@dataclass
class Body:
    """A mail's parts, sorted into texts and files, in order."""

    showings: list[Showing] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def sorted_parts(root: Part) -> Body:
    """Return what a mail shows as text, and its files."""
    body = Body()
    _sort(root, body, None)
    return body


def text_and_html(body: Body) -> tuple[str, str]:
    """Return the text that a mail shows, and its HTML as sent; of an endless mail the beginning."""
    texts: list[str] = []
    htmls: list[str] = []
    room, tags = MAX_HTML_CHARS, bounds.MAX_TAGS
    for showing in body.showings:
        if room <= 0 or tags <= 0:
            break
        plain, html = _text_of_all(showing.plain, room), _text_of_all(showing.html, room)
        texts.append(_text(plain, html))
        htmls.append(html)
        room -= len(plain) + len(html)
        tags -= plain.count("<") + html.count("<")
    return "\n\n".join(filter(str.strip, texts)), "\n".join(filter(None, htmls))


def text_of_files(body: Body) -> str:
    """Return the text of the attached texts, of many or endless ones the beginning; other files have none."""
    texts: list[str] = []
    room, tags = bounds.MAX_READ_CHARS, bounds.MAX_TAGS
    for part in body.files:
        if part.media_type in _TEXTS and room > 0 and tags > 0:
            text = text_of(part)[:room]
            room -= len(text)
            tags -= text.count("<")
            texts.append(text_of_html(text) if part.media_type == _HTML else text)
    return "\n\n".join(filter(None, texts))


def _text_of_all(parts: list[Part], room: int) -> str:
    texts: list[str] = []
    for part in parts:
        if room <= 0:
            break
        texts.append(text_of(part)[:room])
        room -= len(texts[-1]) + 1
    return "\n".join(texts)


def _sort(part: Part, body: Body, group: Showing | None) -> None:
    if part.children:
        if part.media_type == "multipart/alternative" and group is None:
            group = Showing()
            body.showings.append(group)
        for child in part.children:
            _sort(child, body, group)
    elif _is_text(part, in_group=group is not None):
        if group is None:
            group = Showing()
            body.showings.append(group)
        (group.html if part.media_type == _HTML else group.plain).append(part)
    elif group is None or not _is_another_form(part):
        body.files.append(part)


def _is_text(part: Part, *, in_group: bool) -> bool:
    # A multipart without parts is one whose boundary is missing: what it holds is text.
    if part.media_type not in _TEXTS and not part.media_type.startswith("multipart/"):
        return False
    return disposition(part) != "attachment" and (in_group or part.depth == 0 or not file_name(part))


def _is_another_form(part: Part) -> bool:
    """Tell an alternative that repeats the text (AMP, rich text) from one that adds to it (an invitation)."""
    return part.media_type.startswith("text/") and part.media_type != "text/calendar" and not file_name(part)


def _text(plain: str, html: str) -> str:
    if html and _is_stub(plain):
        return text_of_html(html) or plain
    return text_of_html(plain) if _MARKUP.match(plain) else plain


def _is_stub(plain: str) -> bool:
    """Tell plain text that says nothing, or nothing but that one should read the HTML."""
    if len(plain) > _LONGEST_STUB:
        return False
    return len(_WORD.findall(_NO_WORDS.sub(" ", plain))) < _FEWEST_WORDS or _STUB.search(plain) is not None
