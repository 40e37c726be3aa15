"""Which parts of a mail are its text."""

import pytest

from tests.triage.mail.make import message, multipart, part
from triage.mail import parse_message

HTML = part("<p>Die Bestellung 55 wurde storniert.</p>", Content_Type="text/html; charset=utf-8")


def plain(text: str) -> str:
    """A part of plain text."""
    return part(text, Content_Type="text/plain; charset=utf-8")


def test_plain_text_is_preferred():
    """Of two alternatives the one that a person typed is read, and the other is kept for display."""
    found = parse_message(multipart(plain("Bestellung 55 storniert."), HTML, subtype="alternative"))

    assert found.text == "Bestellung 55 storniert."
    assert "<p>" in found.html
    assert found.attachments == ()


@pytest.mark.parametrize(
    "stub",
    [
        "",
        " \n",
        "https://example.org/view",
        "Your email client does not support HTML.",
        "This message cannot be displayed because of the way it is formatted: enable HTML.",
        "View this email in your browser: https://example.org",
        "Ihr E-Mail-Programm unterstützt leider keine HTML-Nachrichten.",
        "Diese E-Mail im Browser ansehen",
        "[image: logo]",
    ],
)
def test_a_stub_is_not_the_text(stub):
    """Where plain text says nothing of its own, the HTML is read."""
    found = parse_message(multipart(plain(stub), HTML, subtype="alternative"))

    assert found.text == "Die Bestellung 55 wurde storniert."


def test_texts_one_after_the_other_are_all_read():
    """Texts around a picture belong together; a text with a file name is a file."""
    picture = part("x", Content_Type="image/png")
    named = part("log", Content_Type="text/plain; name=log.txt")

    found = parse_message(multipart(plain("Above."), picture, plain("Below."), named))

    assert found.text == "Above.\n\nBelow."
    assert [file.filename for file in found.attachments] == ["attachment-0.png", "log.txt"]


def test_an_invitation_is_a_file_and_rich_text_is_not():
    """An alternative that adds something is a file; one that repeats the text is passed over."""
    calendar = part("BEGIN:VCALENDAR", Content_Type="text/calendar")
    rich = part("<bold>Hi</bold>", Content_Type="text/enriched")

    found = parse_message(multipart(plain("Termin am Dienstag."), rich, calendar, subtype="alternative"))

    assert [file.content_type for file in found.attachments] == ["text/calendar"]


def test_an_attached_text_is_read_where_there_is_no_other():
    """A mail that is nothing but a text file says what the file says."""
    raw = message("Zählerstand 4711", Content_Disposition="attachment; filename=stand.txt")

    found = parse_message(raw)

    assert found.text == "Zählerstand 4711"
    assert [file.filename for file in found.attachments] == ["stand.txt"]
