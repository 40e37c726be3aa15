"""What does not belong to a message."""

import pytest

from tests.triage.mail.make import message
from triage.errors import MalformedMessage
from triage.mail.bounds import MAX_HEADER_BYTES
from triage.mail.repair import repaired

SOUND = message("Hello.\n", Subject="Meter")


def test_sound_messages_stay_as_they_are():
    """There is nothing to repair in a message that a mail server stored."""
    assert repaired(SOUND) == SOUND


@pytest.mark.parametrize(
    "preface", [b"\xef\xbb\xbf", b"\r\n\r\n", b"From jo@example.org Mon Mar  2 10:00:00 2026\n", b">From jo Mon\n\n"]
)
def test_a_preface_is_taken_off(preface):
    """A mailbox line, a byte order mark or blank lines do not hide the header."""
    assert repaired(preface + SOUND) == SOUND


def test_a_stray_line_continues_the_field_above():
    """A field that was broken without a space is whole again, and the fields below it count."""
    assert repaired(b"X-A: one\ntwo\nSubject : Meter\n\nHello.") == b"X-A: one\n two\nSubject: Meter\n\nHello."


def test_text_right_under_the_header_stays_text():
    """Where the blank line is missing and no field follows, the first line that is none begins the text."""
    raw = b"Subject: Meter\nHello there\nFrom here on text.\n\nMore."

    assert repaired(raw) == raw


def test_text_without_header_is_not_taken_for_one():
    """The first line of plain text is no mailbox line, although it begins with `From`."""
    assert repaired(b"From my side it is fine.\nBye") == b"\nFrom my side it is fine.\nBye"


@pytest.mark.parametrize(
    "raw", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"\x00" * 100]
)
def test_what_is_no_mail_is_refused(raw):
    """Nothing at all, or bytes of another kind, are no mail."""
    with pytest.raises(MalformedMessage):
        repaired(raw)


def test_a_header_without_end_is_refused():
    """A header larger than is read is refused, not read in part."""
    with pytest.raises(MalformedMessage, match="header"):
        repaired(b"Subject: " + b"x" * MAX_HEADER_BYTES + b"\n\nHello.")
