"""What stands above history."""

import pytest

from triage.mail.history_marks import Kind, Mark, mark_at


@pytest.mark.parametrize(
    "line",
    [
        "-----Ursprüngliche Nachricht-----",
        "-------- Ursprüngliche Nachricht --------",
        "-----Original Message-----",
        "-------- Original-Nachricht --------",
        "*-------- Original Message --------*",
        "-----Message d'origine-----",
    ],
)
def test_an_answered_mail_has_its_separator(line):
    """The separator above the mail that is answered is known, in any dress."""
    assert mark_at([line, "old"], 0) == Mark(Kind.ORIGINAL, 0, 1)


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "----- Weitergeleitet von Amt 4/Stadt am 06.03.2026 09:00 -----",
        "---------------------- Forwarded by Jo Doe/EXAMPLE on 03/06/2026 09:00 AM",
    ],
)
def test_a_mail_handed_on_has_its_separator(line):
    """The separator above a mail that is handed on is known, in any dress."""
    assert mark_at([line, "old"], 0) == Mark(Kind.FORWARD, 0, 1)


def test_a_separator_takes_the_copied_header_with_it():
    """The mark ends under the header that follows the separator, also after the lines of Lotus Notes."""
    lines = [
        "----- Forwarded by Jo -----",
        "",
        "Peter Lux",
        "03/05/2026 09:15 PM",
        "To: a@example.com",
        "Subject: x",
        "cc:",
        "Hi",
    ]

    assert mark_at(lines, 0) == Mark(Kind.FORWARD, 0, 7)


@pytest.mark.parametrize(
    "line",
    ["Original message", "The original message was better.", "-- ", "Weitergeleitet habe ich es schon.", "- Reply"],
)
def test_text_is_no_mark(line):
    """Words of a separator without its rules are text."""
    assert mark_at([line, "more"], 0) is None
