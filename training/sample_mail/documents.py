"""Small files of the kinds people attach, written by hand so that they come out alike everywhere."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

# No archive member has a true time; this is the earliest that the format can hold.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def pdf(lines: Sequence[str]) -> bytes:
    """Return a one-page PDF with one line of text under another."""
    shown = "\n".join(f"({_pdf_escaped(line)}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 16 TL 72 770 Td\n{shown}\nET".encode("cp1252")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(file)
    return file + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def docx(lines: Sequence[str]) -> bytes:
    """Return a Word document of plain paragraphs."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    return archive({**_DOCX_FRAME, "word/document.xml": _DOCX_TEXT.format(paragraphs).encode()})


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files; stored, since compressors differ from one zlib to another."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as zipped:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, _NO_TIME)
            member.create_system = 3
            zipped.writestr(member, content)
    return buffer.getvalue()


def calendar(summary: str, place: str, start: str, end: str, uid: str) -> bytes:
    """Return an invitation (RFC 5545); times such as `20261113T140000Z`."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kalender//DE",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{start}",
        f"DTSTART:{start}",
        f"DTEND:{end}",
        f"SUMMARY:{summary}",
        f"LOCATION:{place}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines).encode()


def winmail(name: str, content: bytes) -> bytes:
    """Return a `winmail.dat` that holds one file.

    Source:
        MS-OXTNEF, the stream that Outlook sends instead of MIME parts when it writes in Rich Text.
    """
    message, attachment = 1, 2
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        (
            _tnef_attribute(message, 0x00089006, struct.pack("<I", 0x00010000)),
            _tnef_attribute(message, 0x00069007, struct.pack("<II", 1252, 0)),
            _tnef_attribute(message, 0x00078008, b"IPM.Microsoft Mail.Note\0"),
            _tnef_attribute(attachment, 0x00069002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 0, 0, 0)),
            _tnef_attribute(attachment, 0x00018010, name.encode("cp1252") + b"\0"),
            _tnef_attribute(attachment, 0x0006800F, content),
        )
    )


# A SignedData without signers (RFC 5652): the structure of a signature, which vouches for nobody.
UNSIGNED_SIGNATURE = bytes.fromhex("3023 06092a864886f70d010702 a016 3014 020101 3100 300b 06092a864886f70d010701 3100")

_DOCX_FRAME = {
    "[Content_Types].xml": b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>',
}
_DOCX_TEXT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
)


def _pdf_escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _tnef_attribute(level: int, number: int, data: bytes) -> bytes:
    checksum = sum(data) & 0xFFFF
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", checksum)
