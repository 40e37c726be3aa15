"""Message-IDs and dates."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from triage.mail.headers import MAX_REFERENCES, message_id, moment, moment_of_trace, references

CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@example.org>", "<a@example.org>"),
        ("  <a@example.org> (comment)", "<a@example.org>"),
        ("a@example.org", "<a@example.org>"),
        ("<a@exam\n ple.org>", "<a@example.org>"),
        ("", ""),
        ("<>", ""),
    ],
)
def test_a_message_id_has_its_brackets(value, expected):
    """A Message-ID is kept with brackets, even where its mailer forgot them."""
    assert message_id(value) == expected


def test_references_run_from_root_to_nearest():
    """Each message is named once, what is answered stands last, and a mail does not answer itself."""
    found = references(("<root@x> <middle@x> <own@x> <root@x>", "Your message <last@x>"), own="<own@x>")

    assert found == ("<middle@x>", "<root@x>", "<last@x>")


def test_endless_threads_keep_root_and_nearest():
    """Of a thread longer than is kept, the root and the nearest messages remain."""
    thread = [f"<{number}@x>" for number in range(MAX_REFERENCES + 50)]

    found = references((" ".join(thread),), own="")

    assert len(found) == MAX_REFERENCES
    assert (found[0], found[1], found[-1]) == (thread[0], thread[51], thread[-1])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 2 Mar 2026 10:00:00 +0100", datetime(2026, 3, 2, 10, tzinfo=CET)),
        ("2 Mar 26 10:00 +0100 (CET)", datetime(2026, 3, 2, 10, tzinfo=CET)),
        ("Mon, 2 Mar 2026 10:00:00 -0000", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 10:00:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T10:00:00+01:00", datetime(2026, 3, 2, 10, tzinfo=CET)),
    ],
)
def test_dates_are_aware(value, expected):
    """A date that can be read has a zone, which is UTC when the mail names none."""
    found = moment(value)

    assert found == expected
    assert found is not None
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    "value",
    ["", "gestern", "Mon, 32 Mar 2026 10:00:00 +0100", "0001-01-01T00:00:00+23:00", "9" * 5_000, "1 Mar 99999999 1:1"],
)
def test_unreadable_dates_are_none(value):
    """What is no date, or one that cannot be compared with others, is none."""
    assert moment(value) is None


def test_a_trace_ends_in_its_time():
    """The time of a `Received` field follows its last semicolon."""
    trace = "from a (b; c) by mx.example.com with ESMTP;\n\tMon, 2 Mar 2026 10:00:00 +0100"

    assert moment_of_trace(trace) == datetime(2026, 3, 2, 10, tzinfo=CET)
