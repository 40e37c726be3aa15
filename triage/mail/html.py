"""HTML to text a person can read.

lxml parses, the layout is ours: no library found gives together what mail needs (see
`docs/decisions/html-and-reply-libraries.md`). Markup that lxml gives up on is stripped of its tags, for a mail with
text must not seem empty.
"""

import html as entities
import re

from lxml import etree

from triage.mail import bounds
from triage.mail.html_layout import laid_out
from triage.mail.legible import legible_text

MAX_HTML_CHARS = 2 * bounds.MAX_TEXT_CHARS

# libxml2 compares each attribute of a tag with all its others; nothing we read stands in a tag as long as this.
_LONG_TAG = re.compile(r"<(/?[a-zA-Z][\w:-]{0,30})[^<>]{1000,}>?")
_NO_TEXT = re.compile(r"<(script|style|title)\b[^<]*(?:<(?!/\1)[^<]*)*", re.IGNORECASE)
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>?")


def text_of_html(html: str) -> str:
    """Return the text of HTML, its beginning where it is endless; what it quotes stands behind `>`."""
    html = _LONG_TAG.sub(r"<\1>", _beginning(html[:MAX_HTML_CHARS]))
    # Outlook's comments hold a second layout. As bytes, because lxml refuses a str that declares a charset.
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8")
    try:
        tree = etree.fromstring(html.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return _stripped(html)
    # libxml2 gives up in the middle when tags are nested too deeply.
    gave_up = tree is None or any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log)
    return _stripped(html) if gave_up else legible_text(laid_out(tree))


def _beginning(html: str) -> str:
    """Return HTML up to the last tag that is laid out."""
    if html.count("<") <= bounds.MAX_TAGS:
        return html
    return "<".join(html.split("<", bounds.MAX_TAGS + 1)[:-1])


def _stripped(html: str) -> str:
    lines = entities.unescape(_TAG.sub("\n", _NO_TEXT.sub("", html))).split("\n")
    return legible_text("\n".join(line.strip() for line in lines if line.strip()))
