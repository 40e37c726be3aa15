"""MIME parts as bytes: text in its charset and transfer encoding, files, and parts within parts.

The standard library's generator is not used: it folds and encodes differently from one Python release to the next, and
the sample is to come out byte for byte alike. Its parser judges the result in the tests.
"""

import base64
import quopri
from collections.abc import Sequence
from dataclasses import dataclass

Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME entity.

    Attributes:
        fields: Its header fields, values folded already, `Content-Type` first.
        body: Encoded for transfer, lines ended by CRLF.
    """

    fields: tuple[Field, ...]
    body: bytes

    def __bytes__(self) -> bytes:
        """Return header, empty line and body."""
        return field_lines(self.fields) + b"\r\n" + self.body


def field_lines(fields: Sequence[Field]) -> bytes:
    """Return header fields as they stand on the wire."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")


def text_part(text: str, *, charset: str, encoding: str, subtype: str = "plain", parameters: str = "") -> Part:
    """Return a text part.

    Args:
        text: Lines ended by a line feed.
        charset: Must hold the text; written as given.
        encoding: `7bit`, `8bit`, `quoted-printable` or `base64`.
        subtype: `plain` or `html`.
        parameters: What follows the charset, for example `; format=flowed`.
    """
    content = text.replace("\n", "\r\n").encode(charset)
    fields = (
        ("Content-Type", f"text/{subtype}; charset={charset}{parameters}"),
        ("Content-Transfer-Encoding", encoding),
    )
    return Part(fields, _encoded(content, encoding))


def file_part(content: bytes, fields: Sequence[Field]) -> Part:
    """Return a part that holds a file, in base64; `fields` begin with its content type."""
    return Part((*fields, ("Content-Transfer-Encoding", "base64")), _encoded(content, "base64"))


def multipart(subtype: str, parts: Sequence[Part], *, boundary: str, parameters: str = "", preamble: str = "") -> Part:
    """Return parts wrapped in one; the boundary must occur in none of them."""
    delimiter = f"--{boundary}\r\n".encode()
    inner = b"".join(delimiter + bytes(part) + b"\r\n" for part in parts)
    opening = f"{preamble}\r\n\r\n".encode() if preamble else b""
    content_type = f'multipart/{subtype};{parameters}\r\n\tboundary="{boundary}"'
    return Part((("Content-Type", content_type),), opening + inner + f"--{boundary}--\r\n".encode())


def _encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        lines = content.replace(b"\r\n", b"\n")
        return quopri.encodestring(lines).replace(b"\n", b"\r\n")
    return content
