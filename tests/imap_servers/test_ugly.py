"""Ugly mail is read or refused."""

import hashlib
import time

from tests.imap_servers.ugly import ugly_mails
from tests.triage.mail.test_properties import assert_storable, texts_of
from triage.errors import MalformedMessage
from triage.mail import parse_message


def test_ugly_mail_is_read_or_refused():
    """A-06: every ugly mail gives a message of texts that can be stored, or the one error there is."""
    read, refused, slowest = [], [], (0.0, "")
    for name, raw in ugly_mails():
        begins = time.thread_time()
        try:
            message = parse_message(raw)
        except MalformedMessage:
            refused.append(name)
        else:
            read.append(name)
            for text in texts_of(message):
                assert_storable(text)
        slowest = max(slowest, (time.thread_time() - begins, name))

    print(f"{len(read)} read, {len(refused)} refused: {refused}; slowest {slowest[0]:.2f} s: {slowest[1]}")
    assert len(read) + len(refused) >= 200
    assert len({*read, *refused}) == len(read) + len(refused)


def test_ugly_mail_is_always_the_same():
    """The mails are the same in every run and no two of them are alike, so that each is stored or set aside once."""
    once = {name: hashlib.sha256(raw).digest() for name, raw in ugly_mails()}

    assert once == {name: hashlib.sha256(raw).digest() for name, raw in ugly_mails()}
    assert len(set(once.values())) == len(once)
