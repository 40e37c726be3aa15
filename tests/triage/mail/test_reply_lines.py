"""The line above what is quoted."""

import pytest

from triage.mail.reply_lines import is_quoted, reply_line_end

REPLY_LINES = [
    "On Mon, Mar 2, 2026 at 10:00 AM Info Desk <info@example.com> wrote:",
    "On Mon, Mar 2, 2026 at 10:00 AM Info Desk <\ninfo@example.com> wrote:",
    "On 2 March 2026, at 10:00, Info wrote:",
    "At 3/2/2026 10:00 AM, you wrote:",
    "Am 02.03.2026 um 10:00 schrieb Info <info@example.com>:",
    "Am 02.03.26 um 10:00 schrieb Info:",
    "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Info Desk <\ninfo@example.com>:",
    "Am Montag, 2. März 2026, 10:00:00 CET schrieb Info:",
    "Info Desk <info@example.com> schrieb am Mo., 2. März 2026, 10:00:",
    "Info Desk schrieb am 02.03.2026 um 10:00:",
    "Info Desk <info@example.com> hat am 02.03.2026 10:00 CET geschrieben:",
    "Info Desk via Forum <info@example.com> schrieb:",
    "Zitat von Info Desk <info@example.com>:",
    "2026-03-02 10:00 GMT+01:00 Info Desk <info@example.com>:",
    "Le lun. 2 mars 2026 à 10:00, Info <info@example.com> a écrit :",
    "---- On Mon, 02 Mar 2026 10:00:00 +0100 Info <info@example.com> wrote ----",
]


@pytest.mark.parametrize("text", REPLY_LINES)
def test_reply_lines_are_known(text):
    """What mailers write above a quote is known, also where they break it."""
    lines = text.split("\n")

    assert reply_line_end([*lines, "", "old text"], 0) == len(lines)


@pytest.mark.parametrize(
    "text",
    [
        "On the other hand, my neighbour wrote:",
        "On 3 June I wrote to you about the meter:",
        "Am 2. März 2026 schrieb ich Ihnen folgendes:",
        "Am Montag um 10:00 kam der Techniker:",
        "Termin: 02.03.2026 10:00",
        "Bitte senden an: info@example.com",
        "On 28 January\n\nsomebody wrote:",
    ],
)
def test_prose_is_no_reply_line(text):
    """What a person says of dates and of writing is text."""
    assert reply_line_end([*text.split("\n"), "", "more text"], 0) is None


def test_quoted_lines_decide_in_doubt():
    """A name and `schrieb` are enough where quoted lines follow, in other languages a time and a colon."""
    assert reply_line_end(["Herr Klein schrieb:", "> alt"], 0) == 1
    assert reply_line_end(["Herr Klein schrieb:", "neu"], 0) is None
    assert reply_line_end(["V pon 2. 3. 2026 ob 10:00 je Info sporočil:", "", "> staro"], 0) == 1


@pytest.mark.parametrize(("line", "expected"), [("> a", True), ("  >> a", True), (">", True), ("a > b", False)])
def test_signs_quote(line, expected):
    """A line behind the sign is quoted."""
    assert is_quoted(line) is expected


def test_a_mailbox_file_quotes_nobody():
    """`>From ` is how a mailbox file writes `From `."""
    assert not is_quoted(">From the street")
