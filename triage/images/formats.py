"""The formats of images that we read, told by their first bytes and never by a name.

Source:
    JPEG: ISO/IEC 10918-1 §B.1.1.3; PNG: W3C PNG §5.2; GIF: GIF89a §17; WebP: RFC 9649 §2; TIFF: TIFF 6.0 §2, BigTIFF.
"""

import re

_SIGNATURES = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "GIF": re.compile(rb"GIF8[79]a"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "BMP": re.compile(rb"BM"),
    "TIFF": re.compile(rb"II\x2a\0|MM\0\x2a|II\x2b\0|MM\0\x2b"),
}
FORMATS = tuple(_SIGNATURES)


def format_of(data: bytes) -> str | None:
    """Return which of `FORMATS` the bytes claim to be, `None` for none of them."""
    return next((name for name, signature in _SIGNATURES.items() if signature.match(data)), None)
