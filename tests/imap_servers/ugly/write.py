"""How ugly mails are written: an ordinary mail with one thing wrong."""

from collections.abc import Iterator

Mails = Iterator[tuple[str, bytes]]

ORDINARY = {
    "From": "Jo Doe <jo@example.org>",
    "To": "info@example.com",
    "Subject": "The lift is stuck",
    "Date": "Mon, 02 Mar 2026 10:00:00 +0000",
    "Message-ID": "<ordinary@example.org>",
    "Content-Type": "text/plain; charset=utf-8",
}
TEXT = "Two people are inside.\r\n"


def mail(body: str | bytes = TEXT, *, first: bytes = b"", last: bytes = b"", **fields: str | bytes | None) -> bytes:
    """Return an ordinary mail with other fields: `Message_ID="…"` replaces one, `None` leaves it out.

    Args:
        first: Lines before the header's own.
        last: Lines after them.
    """
    changed = ORDINARY | {name.replace("_", "-"): value for name, value in fields.items()}
    written = [
        name.encode() + b": " + as_bytes(value) + b"\r\n" for name, value in changed.items() if value is not None
    ]
    return first + b"".join(written) + last + b"\r\n" + as_bytes(body)


def multipart(*parts: str | bytes, subtype: str = "mixed", end: bytes = b"--b--\r\n") -> bytes:
    """Return a mail of parts, each with a header of its own, with the boundary `b`."""
    body = b"".join(b"--b\r\n" + as_bytes(part) + b"\r\n" for part in parts) + end
    return mail(body, Content_Type=f"multipart/{subtype}; boundary=b")


def as_bytes(value: str | bytes) -> bytes:
    """Return text as UTF-8, and bytes as they are."""
    return value if isinstance(value, bytes) else value.encode()
