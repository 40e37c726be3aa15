"""Claims about the sample mail that `triage up --demo` shows."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from importlib import resources
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.demo import sample_mail
from triage.labels import Topic, Urgency

FOLDER = resources.files("triage.demo").joinpath("mail")
NOW = datetime(2027, 3, 30, 14, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ZONES = [UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")]
# Domains that nobody can register (RFC 2606).
RESERVED = re.compile(r"(^|\.)(example|example\.(com|net|org))$")
# Outlook writes file names in encoded words within quotes, against RFC 2047 section 5, and so does one of ours.
MEANT = {"praktikum-klaerwerk"}


@pytest.fixture(scope="module")
def messages() -> dict[str, EmailMessage]:
    """Every message, by the name of its file without number and ending."""
    files = sorted((file for file in FOLDER.iterdir() if file.name.endswith(".eml")), key=lambda file: file.name)
    return {file.name[5:-4]: message_from_bytes(file.read_bytes(), policy=policy.default) for file in files}


@pytest.fixture(scope="module")
def index() -> list[dict]:
    """The labels of every message."""
    return [json.loads(line) for line in FOLDER.joinpath("index.jsonl").read_text(encoding="utf-8").splitlines()]


@settings(deadline=None, max_examples=25)
@given(st.builds(datetime.fromtimestamp, st.integers(10**9, 4 * 10**9), st.sampled_from(ZONES)))
@example(datetime(2026, 3, 29, 3, 1, tzinfo=ZoneInfo("Europe/Berlin")))
@example(datetime(2026, 10, 25, 2, 1, tzinfo=ZoneInfo("Europe/Berlin"), fold=1))
@example(datetime(2026, 10, 25, 2, 59, tzinfo=ZoneInfo("Europe/Berlin"), fold=0))
@example(datetime(2026, 11, 1, 1, 2, tzinfo=ZoneInfo("America/New_York"), fold=1))
def test_mail_lies_within_five_days_of_now(now):
    """Whatever the time, also as the clock changes, no sample is in the future or more than five days old."""
    ages = [now.astimezone(UTC) - received_at.astimezone(UTC) for _, received_at in sample_mail(now)]

    assert ages == sorted(ages, reverse=True)
    assert min(ages) == timedelta(minutes=3)
    assert timedelta(days=4, hours=12) < max(ages) < timedelta(days=5)


def test_the_demo_started_again_stores_nothing_twice():
    """Only the times move: the bytes, by whose digest mail is stored once, stay the same."""
    first = [raw for raw, _ in sample_mail(NOW)]
    again = [raw for raw, _ in sample_mail(NOW + timedelta(days=40))]

    assert first == again
    assert len(set(first)) == len(first)


def test_most_mail_comes_in_working_hours():
    """Of mail received from Thursday to Tuesday, most came from eight to five on working days."""
    times = [received_at for _, received_at in sample_mail(NOW)]

    working = [time for time in times if time.weekday() < 5 and 8 <= time.hour < 17]

    assert len(working) / len(times) > 0.6


@pytest.mark.parametrize("now", [NOW, datetime(2027, 3, 28, 4, 30, tzinfo=ZoneInfo("Europe/Berlin"))])
def test_mail_about_one_matter_comes_within_the_hour(now):
    """Nine write of a blackout in half an hour, by day and on a Sunday before dawn, so they make an incident."""
    ages = [now - at for raw, at in sample_mail(now) if re.search(rb"^Subject: .*Uferviertel", raw, re.MULTILINE)]

    assert len(ages) == 9
    assert max(ages) < timedelta(minutes=30)


def test_a_reply_comes_after_what_it_answers():
    """In the demo's times, too, each thread is received root first."""
    received = [(message_from_bytes(raw, policy=policy.default), at) for raw, at in sample_mail(NOW)]
    received_at = {message["Message-ID"]: at for message, at in received}

    answers = [
        (received_at[earlier], at)
        for message, at in received
        for earlier in (message["References"] or "").split()
        if earlier in received_at
    ]

    assert len(answers) >= 15
    assert all(earlier < later for earlier, later in answers)


def test_the_folder_is_small(messages):
    """Two hundred messages weigh less than a megabyte and a half."""
    size_bytes = sum(len(file.read_bytes()) for file in FOLDER.iterdir())

    assert 190 <= len(messages) <= 230
    assert size_bytes <= 1_500_000


def test_mail_parses_without_defects(messages):
    """Python's parser finds nothing wrong, but where a client's well-known error is shown on purpose."""
    with_defects = {slug for slug, message in messages.items() if list(_defects(message))}

    assert with_defects == MEANT


def test_lines_are_what_a_server_would_pass_on():
    """Every line ends in CRLF and is short enough (RFC 5322 section 2.1), and header fields are ASCII."""
    for raw, _ in sample_mail(NOW):
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert raw.partition(b"\r\n\r\n")[0].isascii()


def test_every_address_is_at_a_reserved_domain(messages):
    """No sample can reach or accuse anybody: addresses and links lead nowhere."""
    for message in messages.values():
        for host in _hosts(message):
            assert RESERVED.search(host.lower()), host


def test_mail_arrives_when_it_is_dated(messages):
    """The newest Received field, our server's, has the time of the Date field."""
    for message in messages.values():
        newest = message.get_all("Received")[0]
        assert "by mx1.stadtwerke-sample.example" in newest
        assert parsedate_to_datetime(newest.rpartition(";")[2]) == message["Date"].datetime


def test_a_writer_keeps_one_address(messages):
    """The same name writes from the same address throughout."""
    senders = {message["From"] for message in messages.values() if message["From"].addresses[0].display_name}
    by_name = Counter(header.addresses[0].display_name for header in senders)

    # Delivery reports of two servers bear the same name.
    assert {name for name, count in by_name.items() if count > 1} <= {"Mail Delivery System"}


def test_the_index_names_each_file_once(messages, index):
    """Ranking and truth can be compared: every message has its corpus row and labels."""
    assert [entry["file"][5:-4] for entry in index] == list(messages)
    assert len({entry["row"] for entry in index}) == len(index)


def test_labels_are_spread_as_in_an_inbox(index):
    """Both languages in equal parts, all topics, and urgency as an office knows it."""
    languages = Counter(entry["language"] for entry in index)
    topics = Counter(entry["topic"] for entry in index)
    urgency = Counter(entry["urgency"] for entry in index)

    assert abs(languages["de"] - languages["en"]) <= len(index) / 20
    assert set(languages) == {"de", "en"}
    assert all(topics[topic] >= 10 for topic in Topic)
    assert 6 <= urgency[Urgency.CRITICAL] <= 10
    assert urgency[Urgency.CRITICAL] < urgency[Urgency.HIGH] < urgency[Urgency.LOW] < urgency[Urgency.NORMAL]


def test_charsets_and_structures_are_spread(messages):
    """The sample holds what real clients send: old charsets, each encoding, each kind of MIME tree."""
    parts = [part for message in messages.values() for part in message.walk()]
    charsets = Counter(part.get_content_charset() for part in parts if part.get_content_maintype() == "text")
    encodings = Counter(part["Content-Transfer-Encoding"] for part in parts)
    types = {part.get_content_type() for part in parts}

    assert all(charsets[name] >= 5 for name in ("utf-8", "us-ascii", "iso-8859-1", "windows-1252", "iso-8859-15"))
    assert all(encodings[name] >= 20 for name in ("7bit", "8bit", "quoted-printable", "base64"))
    assert types >= {
        "multipart/alternative",
        "multipart/mixed",
        "multipart/related",
        "multipart/report",
        "multipart/signed",
        "application/ms-tnef",
        "application/pdf",
        "application/zip",
        "image/jpeg",
        "image/png",
        "text/calendar",
        "text/csv",
    }


def test_headers_are_encoded_both_ways():
    """Encoded words stand in the Q and in the B encoding."""
    headers = [raw.partition(b"\r\n\r\n")[0].lower() for raw, _ in sample_mail(NOW)]

    assert sum(b"?q?" in header for header in headers) >= 10
    assert sum(b"?b?" in header for header in headers) >= 10


def test_an_eighth_carries_files(messages):
    """Attachments are as frequent as in an office, one message in eight."""
    with_files = [
        message for message in messages.values() if any(_is_file(part) for part in message.iter_attachments())
    ]

    assert 0.10 <= len(with_files) / len(messages) <= 0.14


def test_threads_are_long_and_quote(messages):
    """There is a thread of four and there are threads of three; their replies quote what we had answered."""
    roots = Counter((message["References"] or message["Message-ID"]).split()[0] for message in messages.values())
    latest = messages["meter-reading"].get_content()

    assert sorted(count for count in roots.values() if count > 2) == [3, 3, 3, 4]
    assert "> -----Original Message-----" in latest
    assert ">>> Dear Mr Aske" in latest


def test_automatic_mail_says_so(messages):
    """Newsletters can be unsubscribed, absences and delivery reports are marked as automatic."""
    newsletters = [message for message in messages.values() if "List-Unsubscribe" in message]
    automatic = Counter(message["Auto-Submitted"] for message in messages.values() if "Auto-Submitted" in message)

    assert len(newsletters) >= 5
    assert all(message["Precedence"] == "bulk" for message in newsletters)
    assert automatic["auto-replied"] >= 5
    assert automatic["auto-generated"] >= 5


def test_no_two_letters_are_nearly_alike(messages):
    """Any two messages share fewer than a quarter of their runs of three words, quotations left out."""
    runs = {slug: _runs(message) for slug, message in messages.items()}

    for (one, first), (other, second) in combinations(runs.items(), 2):
        assert len(first & second) <= len(first | second) / 4, (one, other)


def _defects(message: EmailMessage) -> Iterator[object]:
    for part in message.walk():
        yield from part.defects
        for value in part.values():
            yield from value.defects
        if part.get_content_maintype() == "text":
            part.get_content(errors="strict" if part.get_content_charset() else "replace")


def _hosts(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        for name, value in part.items():
            if name != "Content-ID":
                yield from re.findall(r"[\w.+!-]@([\w.-]*\w)", value)
        if part.get_content_maintype() == "text":
            text = re.sub(r"cid:[^\"]*", "", part.get_content())
            yield from re.findall(r"(?:https?://|[\w.+!-]@)([\w.-]*\w)", text)


def _is_file(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" and part.get_filename() != "smime.p7s"


def _runs(message: EmailMessage) -> frozenset[tuple[str, ...]]:
    body = message.get_body(("plain", "html"))
    text = re.sub(r"<[^>]*>", " ", body.get_content()) if body else ""
    own = re.split(r"\n>|-----|\nAm .* schrieb|\nOn .* wrote:", text)[0]
    words = re.findall(r"\w+", own.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))
