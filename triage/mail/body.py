"""Which parts of a mail are its text, and what they say.

A mail shows one of several alternatives, or several texts one after the other. We read plain text where a person
wrote it, and HTML where the plain text is missing or only says that one should look at the HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from triage.mail.attachments import disposition, file_name
from triage.mail.content import text_of
from triage.mail.html import text_of_html
from triage.mail.parts import Part

_PLAIN, _HTML = "text/plain", "text/html"
# Alternatives that repeat the text in a form nobody else reads.
_UNREAD = frozenset({"text/x-amp-html", "text/watch-html", "text/rtf", "text/enriched", "application/rtf"})
_STUB = re.compile(
    r"(?:(?:not|n't|kein\w*|nicht)\b.{0,80}\bHTML|HTML.{0,80}\b(?:not|nicht|aktivier|enable|fähig|capable|version|format)"
    r"|(?:view|read|see|open) (?:this|the|it).{0,60}\b(?:browser|online)|(?:im|in ihrem) browser (?:ansehen|anzeigen|öffnen))",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_STUB = 600
_MARKUP = re.compile(r"\s*(?:<!doctype html|<html|<head|<body)\b", re.IGNORECASE)
_ADDRESS_OR_REFERENCE = re.compile(r"https?://\S+|\[[^\]]*\]|<[^>]*>")
_WORD = re.compile(r"\w{2,}")
_FEWEST_WORDS = 3
