"""Files of a mail."""

import pytest

from tests.triage.mail.make import multipart, part
from triage.mail import parse_message
from triage.mail.attachments import MAX_NAME_CHARS


def only_file(**fields: str):
    """The attachment of a mail that has one."""
    (file,) = parse_message(multipart(part("Text."), part("x", **fields))).attachments
    return file


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\jo\\\\plan.docx", "plan.docx"),
        ("/", "attachment-0.pdf"),
        ("..", "attachment-0.pdf"),
        ("a\tb\x07.pdf", "a b.pdf"),
        ("what?*<>|.pdf", "what_____.pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("=?utf-8?q?K=C3=BCche=2Epdf?=", "Küche.pdf"),
        (" .hidden. ", "hidden"),
    ],
)
def test_names_are_safe(given, name):
    """A name has no path, no control characters and nothing that turns it around."""
    assert (
        only_file(Content_Type="application/pdf", Content_Disposition=f'attachment; filename="{given}"').filename
        == name
    )


def test_long_names_keep_their_extension():
    """A name is cut to what file systems take, before its extension."""
    name = only_file(
        Content_Type="application/pdf", Content_Disposition=f"attachment; filename={'a' * 500}.pdf"
    ).filename

    assert len(name) == MAX_NAME_CHARS
    assert name.endswith("a.pdf")


def test_the_name_tells_what_a_scanner_does_not():
    """A type that says nothing is replaced by the one the name says; any other is kept."""
    assert only_file(Content_Type="application/octet-stream; name=scan.JPG").content_type == "image/jpeg"
    assert only_file(Content_Type="application/pdf; name=scan.jpg").content_type == "application/pdf"
    assert only_file(Content_Type="application/octet-stream; name=scan").content_type == "application/octet-stream"


def test_files_are_numbered_in_order():
    """Attachments have the numbers 0 to n - 1 in the order in which they stand."""
    parts = [part("Text."), *(part("x", Content_Type=f"image/png; name={name}.png") for name in "abc")]

    files = parse_message(multipart(*parts)).attachments

    assert [(file.position, file.filename) for file in files] == [(0, "a.png"), (1, "b.png"), (2, "c.png")]


def test_pictures_in_the_text_are_inline():
    """A file that the HTML refers to is inline, one that is only attached is not."""
    html = part("<p>See <img src='cid:one@x'></p>", Content_Type="text/html")
    first = part("x", Content_Type="image/png", Content_ID="<one@x>")
    second = part("x", Content_Type="image/png", Content_ID="<two@x>")

    files = parse_message(multipart(html, first, second, subtype="related")).attachments

    assert [file.is_inline for file in files] == [True, False]


def test_an_attached_message_is_named_by_its_subject():
    """An attached message is called as its subject, or as any file without a name."""
    assert only_file(Content_Type="message/rfc822").filename == "attachment-0.eml"

    (file,) = parse_message(multipart(part("Subject: Alarm: 1/2\n\nHi", Content_Type="message/rfc822"))).attachments

    assert (file.filename, file.content) == ("Alarm_ 1_2.eml", b"Subject: Alarm: 1/2\n\nHi")
