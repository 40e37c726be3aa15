"""HTML to text a person can read.

Inscriptis lays the text out; lxml parses. Two things we change: cells of a table follow each other on their line,
because mail uses tables as layout and text in columns cannot be read by a model, and what is quoted gets the `>` that
it has in plain text, so that history is told from what is new in one way.

Markup that would take either of them long is stripped of its tags instead: too many of them, or nested too deeply.
"""

import html as entities
import re

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_document_state import HtmlDocumentState
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping
from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from triage.mail import bounds
from triage.mail.legible import legible_text

MAX_TAGS = 15_000
# libxml2 compares every attribute of a tag with every other; text does not depend on tags as long as these.
_LONG_TAG = re.compile(r"<(/?[a-zA-Z][\w:-]{0,30})[^<>]{1000,}>?")
_UNSHOWN = re.compile(r"<!--.*?(?:-->|\Z)|<(head|script|style|title)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_NEW_LINE = re.compile(r"<(?:br|p|div|tr|li|h\d|table|blockquote)\b[^<>]*>|</(?:p|div|h\d)\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>?")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_TRAILING_SPACE = re.compile(r"[^\S\n]+\n")
# Private letters that no mail holds: `legible_text` has no business with them, and they never leave this module.
_QUOTE_BEGINS, _QUOTE_ENDS = "\ue0f1", "\ue0f2"
_MARKS = re.compile(f"[{_QUOTE_BEGINS}{_QUOTE_ENDS}]")
