"""Bytes to a message."""

import time

import pytest

from tests.triage.mail.make import message, multipart, part
from triage.errors import MalformedMessage
from triage.mail import Address, Message, parse_message
from triage.mail.bounds import MAX_MESSAGE_BYTES


def test_an_ordinary_mail_is_read():
    """Header, text and history of a reply come apart."""
    found = parse_message(
        message(
            "Am Dienstag ab neun.\n\nAm 02.03.2026 um 10:00 schrieb Info <info@example.com>:\n> Wann?\n",
            To="Info <info@example.com>, b@example.com",
            Subject="Re: Termin",
            Message_ID="<2@example.org>",
            In_Reply_To="<1@example.com>",
        )
    )

    assert found.sender == Address("Jo", "jo@example.org")
    assert [one.address for one in found.to] == ["info@example.com", "b@example.com"]
    assert (found.subject, found.message_id, found.references) == (
        "Re: Termin",
        "<2@example.org>",
        ("<1@example.com>",),
    )
    assert found.text == "Am Dienstag ab neun."
    assert found.quoted_text.startswith("Am 02.03.2026")


def test_a_mail_without_sender_names_who_submitted_it():
    """Where `From` is missing, `Sender` stands for it."""
    assert parse_message(message(From="", Sender="desk@example.org")).sender.address == "desk@example.org"


def test_a_mail_attached_to_a_mail_is_read():
    """The text of an attached message counts, also two deep, where the mail itself only points to it."""
    inner = "Subject: Alarm\n\nThe gate is open.\n\n-- \nLee"
    middle = f"Subject: Fwd\nContent-Type: message/rfc822\n\n{inner}"

    found = parse_message(multipart(part("FYI"), part(middle, Content_Type="message/rfc822")))

    assert found.text == "FYI\n\nThe gate is open."


def test_too_large_a_mail_is_refused():
    """A message larger than is read is refused before anything else."""
    with pytest.raises(MalformedMessage, match="bytes"):
        parse_message(b"Subject: x\n\n" + b"x" * MAX_MESSAGE_BYTES)


def many(template: str, count: int) -> bytes:
    """A template repeated, its number put in."""
    return "".join(template.format(number) for number in range(count)).encode()


BOMBS = {
    "header fields": b"a: b\n" * 500_000 + b"\n",
    "folded field": b"Subject: x\n" + b" y\n" * 300_000 + b"\nHello",
    "encoded words": b"Subject: " + b"=?a?q?" * 150_000 + b"\n\nHello",
    "words without end": b"Subject: " + b"=?a?q?x " * 100_000 + b"\n\nHello",
    "words of punycode": b"Subject: " + b"=?punycode?q?" + b"a-" * 900 + b"?=\n\nHello",
    "addresses": b"To: " + b"a@b.de, " * 100_000 + b"\n\nHello",
    "open comments": b"To: " + b"(" * 190_000 + b"\n\nHello",
    "escaped quotes": b"To: " + b'"\\' * 95_000 + b"\n\nHello",
    "a word that is no address": b"To: " + b"a" * 190_000 + b"\n\nHello",
    "references": b"References: " + many("<{}@x> ", 15_000) + b"\n\nHello",
    "parameters": b"Content-Type: text/plain; " + b';"' * 190_000 + b"\n\nHello",
    "parts of parameters": b"Content-Disposition: attachment; " + many("f*{}*=a;", 10_000) + b"\n\nHello",
    "nesting": many("Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n", 5_000),
    "nested lines": many("Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n", 20) + b"x\n" * 330_000,
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "lines like boundaries": b"Content-Type: multipart/mixed; boundary=z\n\n" + b"--a  \n" * 1_000_000,
    "attached messages": b"Content-Type: message/rfc822\n\n" * 20_000,
    "line feeds": message(b"\n" * 20_000_000),
    "soft breaks": message(b"x \n" * 160_000, Content_Type="text/plain; format=flowed"),
    "quotes": message(b"> x\n" * 120_000),
    "copied headers": message(b"To: @\nx,\n" * 50_000),
    "reply lines": message(b"On 2020 wrote\n" * 35_000),
    "colons": message(b"a@b:\n\n" * 80_000),
    "forwards": message(b"---- Forwarded message ----\nFrom: a@b\nTo: c\nDate: d\n\n" * 8_000),
    "one rule": message(b"*" * 490_000 + b"x"),
    "a rule above a header": message(b"x\n" + b"*" * 490_000 + b"x\nVon: a@b\nAn: c\nDatum: d\n"),
    "a number far away": message(b"Hello\n\nThanks\nJo\n\ntel" + b" " * 480_000 + b"x"),
    "signatures": message(b"Hello\n" + b"-- \n" * 120_000),
    "HTML in parts": multipart(*[part("<p>x" * 20_000, Content_Type="text/html")] * 100),
    "undeclared bytes": message("Привет как дела ".encode("koi8-r") * 50_000, Content_Type=""),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_go_off_quickly(bomb):
    """No message takes longer than two seconds: it is read, or refused with a sentence."""
    start = time.thread_time()

    try:
        found: Message | MalformedMessage = parse_message(bomb)
    except MalformedMessage as error:
        found = error

    assert time.thread_time() - start < 2
    assert isinstance(found, Message) or "; " in str(found)
