"""Ugly mail, each named for what is wrong with it, and the parse expected of it."""

import json
from pathlib import Path

import pytest

from triage.mail import Address, Message, parse_message

CORPUS = Path(__file__).parent / "corpus"
MAILS = sorted(CORPUS.glob("*/*.eml"))


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: f"{mail.parent.name}/{mail.stem}")
def test_ugly_mail_is_read_as_expected(mail):
    """Every message of the corpus gives the parse that is written beside it."""
    expected = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))

    assert _as_json(parse_message(mail.read_bytes())) == expected


def test_every_expectation_has_its_mail():
    """No expectation is left over from a mail that is gone."""
    assert {mail.with_suffix("") for mail in MAILS} == {file.with_suffix("") for file in CORPUS.glob("*/*.json")}


def _as_json(message: Message) -> dict[str, object]:
    return {
        "message_id": message.message_id,
        "references": list(message.references),
        "sender": _written(message.sender),
        "to": list(map(_written, message.to)),
        "cc": list(map(_written, message.cc)),
        "reply_to": list(map(_written, message.reply_to)),
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "received_at": message.received_at.isoformat() if message.received_at else None,
        "text": message.text,
        "quoted_text": message.quoted_text,
        "has_html": message.html != "",
        "attachments": [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "is_inline": file.is_inline,
                "size_bytes": len(file.content),
            }
            for file in message.attachments
        ],
        "is_automatic": message.is_automatic,
        "is_bulk": message.is_bulk,
    }


def _written(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address
