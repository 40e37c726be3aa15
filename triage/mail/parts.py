"""The MIME parts of a message, found by the standard library's parser within bounds.

The parser runs under the `compat32` policy: `policy.default` takes several times as long and raises on malformed
headers. We use its tree and its decoding of parameters and content; other header values are read by modules of ours.
"""

import re
from email.feedparser import BytesFeedParser
from email.message import Message as StandardPart
from email.policy import Compat32, compat32
from functools import partial

from triage.mail import bounds
from triage.mail.charsets import decoded

_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_MULTIPART = "multipart/"
# The fields whose parameters the library reads.
_STRUCTURED = frozenset({"content-type", "content-disposition"})
_DELIMITER = re.compile(rb'(?mi)^--([^\s"]{1,200})[ \t]*+\r?\n(?=content-)')


class Part(StandardPart):
    """One MIME part; the message itself is the outermost.

    Attributes:
        depth: Number of multiparts around it.
    """

    def __init__(self, policy: Compat32 = compat32, *, budget: bounds.Budget) -> None:
        super().__init__(policy)
        self.depth = 0
        self._budget = budget
        # As the parser found them, and as they were read: many are never looked at, and to guess a charset takes time.
        self._first: dict[str, str] = {}
        self._read: dict[str, str] = {}
        self._parameters: dict[str, dict[str, str | tuple[str | None, str | None, str]]] = {}

    @property
    def media_type(self) -> str:
        """Type and subtype in lower case; where unreadable, the default of its place (RFC 2045 §5.2)."""
        named = _MEDIA_TYPE.match(self.field("Content-Type"))
        return named[1].lower() if named else self.get_default_type()

    def field(self, name: str) -> str:
        """Return the first header field of this name, as it stands there; empty when there is none."""
        key = name.lower()
        if key not in self._read:
            self._read[key] = _legible(self._first.get(key, ""))
        return self._read[key]

    def parameter(self, field: str, name: str) -> str:
        """Return a parameter of a structured field, RFC 2231 decoded; empty when there is none or it is a riddle."""
        if field not in self._parameters:
            self._parameters[field] = self._read_parameters(field)
        value = self._parameters[field].get(name, "")
        try:
            # A triple is charset, language and the value in that charset, one byte a character.
            return decoded(value[2].encode("latin-1"), value[0] or "") if isinstance(value, tuple) else str(value)
        except (ValueError, TypeError, AttributeError):
            return ""

    def content(self, encoding: str = "8bit") -> bytes:
        """Return the bytes of a leaf with a transfer encoding undone; where that is not possible, as they stand."""
        # The library undoes what the header names, and decodes text when asked for it undone.
        del self["Content-Transfer-Encoding"]
        self["Content-Transfer-Encoding"] = encoding
        content = self.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""

    @property
    def children(self) -> list["Part"]:
        """The parts of a multipart; none in a leaf."""
        return [part for part in self.get_payload() if isinstance(part, Part)] if self.is_multipart() else []

    def attach(self, payload: "Part") -> None:  # type: ignore[override]  # the parser attaches what our factory made
        """Take a part that the parser found inside this one.

        Raises:
            MalformedMessage: A bound is exceeded.
        """
        payload.depth = self.depth + 1
        self._budget.spend_part(depth=payload.depth)
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """Take a header field that the parser found; of those with parameters what is beyond ASCII is decoded.

        Raises:
            MalformedMessage: There are more fields than are read.
        """
        bounds.check_header_fields(len(self) + 1)
        key = name.lower()
        if key in _STRUCTURED:
            value = self._read.setdefault(key, _legible(_bounded(value)))
        # The library's own look-up reads through all fields each time.
        self._first.setdefault(key, value[: bounds.MAX_FIELD_CHARS])
        super().set_raw(name, value)

    def _read_parameters(self, field: str) -> dict[str, str | tuple[str | None, str | None, str]]:
        try:
            # The first of a name counts.
            return {name.lower(): value for name, value in reversed(self.get_params([], field))}
        except (ValueError, TypeError, LookupError, AttributeError):
            return {}

    def get_content_type(self) -> str:
        """Tell the parser what to look into: multiparts only, so that an attached message stays bytes."""
        return self.media_type if self.media_type.startswith(_MULTIPART) else "text/plain"


def part_tree(raw: bytes) -> Part:
    """Return the outermost part of a message.

    Raises:
        MalformedMessage: It has more parts, deeper nesting, more lines or more header fields than are read.
    """
    root = _parsed(raw)
    if root.is_multipart() or not root.media_type.startswith(_MULTIPART):
        return root
    inside = root.content()
    if found := _DELIMITER.search(inside):
        # The boundary that the header promises never comes; the one that does is as good.
        header = b'Content-Type: %b; boundary="%b"\n\n' % (root.media_type.encode(), found[1])
        if children := _parsed(header + inside).children:
            root.set_payload([*children])
    return root


def _legible(value: str) -> str:
    """Return the text of a field, of which the parser passes on bytes beyond ASCII as surrogates."""
    return value if value.isascii() else decoded(value.encode("ascii", "surrogateescape"))


def _bounded(value: str) -> str:
    """Return the beginning of a structured field: as many characters and parameters as are read."""
    return ";".join(value[: bounds.MAX_PARAMETER_CHARS].split(";", bounds.MAX_PARAMETERS)[: bounds.MAX_PARAMETERS])


def _parsed(raw: bytes) -> Part:
    parser = BytesFeedParser(partial(Part, budget=bounds.Budget(raw)))
    parser.feed(raw)
    return parser.close()
