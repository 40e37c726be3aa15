"""Attachments that are dangerous to name, to open or to count."""

import base64
import io
import zipfile

from tests.imap_servers.ugly.write import Mails, multipart

_TEXT = "Content-Type: text/plain\r\n\r\nThe file is attached.\r\n"
_NAMES = {
    "missing": "attachment",
    "empty": 'attachment; filename=""',
    "path": 'attachment; filename="../../../etc/passwd"',
    "path_of_windows": 'attachment; filename="C:\\\\Windows\\\\x.dll"',
    "device": 'attachment; filename="CON"',
    "dots": 'attachment; filename=".."',
    "blanks": 'attachment; filename="   "',
    "nul": 'attachment; filename="a.pdf\0.exe"',
    "line_end": "attachment; filename*=utf-8''a%0D%0Ab.pdf",
    "turning_direction": "attachment; filename*=utf-8''invoice%E2%80%AEfdp.exe",
    "of_10000_letters": f'attachment; filename="{"a" * 10_000}.pdf"',
    "continued_1000_times": "attachment" + "".join(f"; filename*{n}=a" for n in range(1_000)),
    "eight_bit": 'attachment; filename="Tür.pdf"',
    "emoji": "attachment; filename=🦄.pdf",
    "two": "attachment; filename=a.pdf; filename=b.exe",
    "of_no_disposition": "x-perhaps; filename=a.pdf",
    "never_closed": 'attachment; filename="a.pdf',
    "surrogates": "attachment; filename*=utf-8''%ED%A0%80.pdf",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, disposition in _NAMES.items():
        yield f"name_{name}", _attached("application/pdf", disposition, b"%PDF-1.7")
    yield "none_in_base64", _attached("application/pdf", "attachment; filename=a.pdf", b"")
    yield (
        "nine_hundred",
        multipart(_TEXT, *[_part("image/gif", f"attachment; filename={n}.gif", b"GIF89a") for n in range(900)]),
    )
    yield "inline_900", multipart(_TEXT, *[_part("image/gif", "inline", b"GIF89a")] * 900)
    yield (
        "outlook_rubbish",
        _attached("application/ms-tnef", "attachment; filename=winmail.dat", b"\x78\x9f\x3e\x22" * 99),
    )
    yield "mail_of_rubbish", _attached("message/rfc822", "attachment; filename=a.eml", b"\0" * 1_000)
    yield "archive_that_grows", _attached("application/zip", "attachment; filename=a.zip", _bomb(100 * 2**20))
    yield (
        "archive_of_archives_that_grow",
        _attached(
            "application/zip", "attachment; filename=a.zip", _zipped({f"{n}.zip": _bomb(2**20) for n in range(100)})
        ),
    )
    yield "archive_with_paths", _attached("application/zip", "attachment; filename=a.zip", _zipped({"../../x": b"x"}))
    yield "program_called_picture", _attached("image/png", "attachment; filename=a.png", b"MZ\x90\0" + bytes(1_000))
    yield "picture_of_huge_size", _attached("image/png", "inline; filename=a.png", _png_header(2**31 - 1))
    yield "virus_test_file", _attached("text/plain", "attachment; filename=a.com", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" * 3)


def _attached(content_type: str, disposition: str, content: bytes) -> bytes:
    return multipart(_TEXT, _part(content_type, disposition, content))


def _part(content_type: str, disposition: str, content: bytes) -> str:
    encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    return (
        f"Content-Type: {content_type}\r\nContent-Disposition: {disposition}\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}"
    )


def _bomb(unpacked_bytes: int) -> bytes:
    """Return an archive a thousandth of the size of what is in it."""
    return _zipped({"zeros": bytes(unpacked_bytes)})


def _zipped(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            # With a date of its own, so that the archive is the same every time.
            opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _png_header(pixels: int) -> bytes:
    size = pixels.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + size + b"\x08\x02\0\0\0" + bytes(4)
