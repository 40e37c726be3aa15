"""What holds for any bytes."""

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import MalformedMessage
from triage.mail import Message, own_text, parse_message, text_of_html

MAILS = [mail.read_bytes() for mail in sorted((Path(__file__).parent / "corpus").glob("*/*.eml"))]
PIECES = [
    b"--b",
    b"\n\n",
    b"\r",
    b"\0",
    b"=?utf-8?q?",
    b"\xff",
    b'"',
    b"<",
    b"boundary=",
    b"> ",
    b"Content-Type: ",
    b"multipart/",
    b";",
]


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(raw):
    """Bytes give a sound message, or the one error there is."""
    assert_sound(raw)


@given(st.sampled_from(MAILS), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_damaged_mail_is_read_or_refused(mail, chance):
    """Mail with pieces cut, moved and put in gives a sound message, or the one error there is."""
    assert_sound(damaged(mail, chance))


@given(st.text(max_size=500))
def test_any_text_is_split(text):
    """Any text has own words and the rest, in strings that can be stored."""
    for found in own_text(text):
        assert_storable(found)


@given(st.text(st.sampled_from("<>/!-'\"= \nabdipt&#;\0\ud800"), max_size=300))
def test_any_markup_is_text(html):
    """Any markup gives text that can be stored."""
    assert_storable(text_of_html(html))


def damaged(mail: bytes, chance: random.Random) -> bytes:
    """A mail with a few pieces changed."""
    for _ in range(chance.randint(1, 6)):
        at, until = sorted((chance.randrange(len(mail) + 1), chance.randrange(len(mail) + 1)))
        until = min(until, at + 60)
        mail = chance.choice(
            [mail[:at] + mail[until:], mail[:at] + chance.choice(PIECES) + mail[at:], mail[:until] + mail[at:]]
        )
    return mail


def assert_sound(raw: bytes) -> None:
    """Assert what holds for every message that was read."""
    try:
        found = parse_message(raw)
    except MalformedMessage:
        return
    assert found == parse_message(raw)
    assert [file.position for file in found.attachments] == list(range(len(found.attachments)))
    assert found.date is None or found.date.tzinfo
    assert all("/" not in file.filename and file.filename for file in found.attachments)
    for text in texts_of(found):
        assert_storable(text)


def texts_of(message: Message) -> list[str]:
    """Every string of a message."""
    addresses = [message.sender, *message.to, *message.cc, *message.reply_to]
    return [
        *(message.message_id, *message.references, message.subject, message.text, message.quoted_text, message.html),
        *(part for one in addresses for part in (one.name, one.address)),
        *(part for file in message.attachments for part in (file.filename, file.content_type)),
    ]


def assert_storable(text: str) -> None:
    """Assert that a database takes a text."""
    assert "\0" not in text
    text.encode()
