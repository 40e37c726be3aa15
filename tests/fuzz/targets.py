"""What is fuzzed: each takes any bytes, and raises only where we are at fault."""

import json
from collections.abc import Callable
from contextlib import suppress

from imapclient.response_parser import parse_fetch_response

from tests.hostile_images import sound
from tests.triage.mail.test_properties import MAILS, assert_sound, assert_storable, texts_of
from triage.errors import InvalidImage, InvalidPolicy, InvalidSubmission, MalformedMessage, TriageError
from triage.images.decoding import decode_here
from triage.imap.translation import translated
from triage.mail import message_from_json, read_document, read_json_mail, text_of_html
from triage.policies import checked
from triage.ranking import policy_text
from triage.web.html_view import html_view


def mail(data: bytes) -> None:
    """Mail is read or refused, the same each time, in strings that can be stored."""
    assert_sound(data)


def json_mail(data: bytes) -> None:
    """Mail in JSON is read or refused."""
    try:
        found = message_from_json(read_json_mail(read_document(data)))
    except (MalformedMessage, InvalidSubmission):
        return
    for text in texts_of(found):
        assert_storable(text)


def html(data: bytes) -> None:
    """Markup gives text, and a page that runs nothing."""
    markup = data.decode("utf-8", "replace")
    assert_storable(text_of_html(markup))
    assert "<script" not in html_view(markup, {}).html.lower()


def image(data: bytes) -> None:
    """An image gives pixels or a sentence; what kills the child that decodes would kill us here."""
    with suppress(InvalidImage):
        decode_here(data, 32, "pad")


def policy(data: bytes) -> None:
    """A text is a policy, or refused."""
    with suppress(InvalidPolicy):
        checked(data.decode("utf-8", "replace"))


def imap(data: bytes) -> None:
    """An answer to FETCH is understood or refused."""
    lines = [(line, b"abc") if line.endswith(b"}") else line for line in data.split(b"\r\n")]
    with suppress(TriageError), translated("mail.example.org"):
        parse_fetch_response(lines)


# Each with what it begins from.
TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "mail": (mail, lambda: MAILS),
    "json": (json_mail, lambda: [json.dumps({"from": "a@b", "to": [{"name": "A"}], "date": "2026-01-01"}).encode()]),
    "html": (html, lambda: [b"<table><tr><td style='color:red'>x</td></tr></table><a href='https://a.b'>c</a>"]),
    "image": (image, lambda: list(sound().values())),
    "policy": (policy, lambda: [policy_text().encode()]),
    "imap": (imap, lambda: [b'1 (UID 5 INTERNALDATE "01-Jan-2026 00:00:00 +0000" BODY[] {3}\r\n FLAGS (\\Seen))']),
}
