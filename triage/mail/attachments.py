"""The parts of a mail that a reader sees as files."""

import mimetypes
import re
from collections.abc import Container, Iterable

from triage.errors import MalformedMessage
from triage.mail.content import content_of
from triage.mail.encoded_words import header_text
from triage.mail.legible import legible_line
from triage.mail.message import Attachment
from triage.mail.parts import Part, part_tree
from triage.mail.repair import header_of, repaired

MAX_NAME_CHARS = 150
MESSAGE = "message/rfc822"
_UNKNOWN = "application/octet-stream"
# The library's own table: what a machine adds to it would make the same mail parse differently there.
_TYPES = mimetypes.MimeTypes()
_OFFICE = "application/vnd.openxmlformats-officedocument"
for _extension, _type in {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".heic": "image/heic",
    ".ics": "text/calendar",
    ".jpg": "image/jpeg",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".vcf": "text/vcard",
    ".webp": "image/webp",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}.items():
    _TYPES.add_type(_type, _extension)
_UNFIT_FOR_NAMES = re.compile(r'[<>:"|?*/\\]')
_CONTENT_ID = re.compile(r"cid:([^\s\"'<>)]{1,500})", re.IGNORECASE)


def attachments(parts: Iterable[Part], html: str) -> tuple[Attachment, ...]:
    """Return the attachments that parts hold, numbered in order; those that the HTML refers to are inline."""
    shown = frozenset(_CONTENT_ID.findall(html)) if "cid:" in html.lower() else frozenset()
    return tuple(_attachment(position, part, shown) for position, part in enumerate(parts))


def file_name(part: Part) -> str:
    """Return the name that a part gives its file, without any path; empty when it gives none.

    Source:
        RFC 2183 §2.3, RFC 2231; RFC 2047 words inside, which mailers use although §5 forbids it.
    """
    given = part.parameter("Content-Disposition", "filename") or part.parameter("Content-Type", "name")
    return name_without_path(header_text(given))


def name_without_path(given: str) -> str:
    """Return what a person or a program called a file, on one line, without any path and fit for file systems."""
    last = re.split(r"[/\\]", legible_line(given))[-1]
    return _shortened(_UNFIT_FOR_NAMES.sub("_", last).strip(". "))


def disposition(part: Part) -> str:
    """Return `inline`, `attachment`, or whatever else the part says of how it is shown; empty when nothing."""
    return part.field("Content-Disposition").partition(";")[0].strip().lower()


def _attachment(position: int, part: Part, shown: Container[str]) -> Attachment:
    content = content_of(part)
    name = file_name(part)
    content_type = part.media_type
    if content_type == _UNKNOWN and name:
        # Scanners and phones send everything as this; the name knows better.
        content_type = _TYPES.guess_type(name)[0] or _UNKNOWN
    if content_type == MESSAGE and not name:
        name = _name_of_message(content)
    extension = _TYPES.guess_extension(content_type) or ".bin"
    content_id = part.field("Content-ID").strip().strip("<>")
    return Attachment(
        position=position,
        filename=name or f"attachment-{position}{extension}",
        content_type=content_type,
        is_inline=disposition(part) == "inline" or (content_id != "" and content_id in shown),
        content=content,
        content_id=content_id,
    )


def _name_of_message(content: bytes) -> str:
    """Return a name for an attached message, made of its subject; empty when it has none."""
    try:
        header = part_tree(header_of(repaired(content)))
    except MalformedMessage:
        return ""
    name = _UNFIT_FOR_NAMES.sub("_", header_text(header.field("Subject"))).strip(". ")
    return _shortened(f"{name}.eml") if name else ""


def _shortened(name: str) -> str:
    """Return a name that file systems take, with its extension."""
    stem, dot, extension = name.rpartition(".")
    if len(name) <= MAX_NAME_CHARS or not dot or len(extension) > 10:
        return name[:MAX_NAME_CHARS]
    return f"{stem[: MAX_NAME_CHARS - len(extension) - 1]}.{extension}"
