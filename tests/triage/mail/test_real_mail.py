"""Public mail of many mailers: what it holds is not known here, only that it can be read."""

import time

import pytest

from tests.triage.mail.conftest import files_in
from triage.errors import MalformedMessage
from triage.mail import parse_message

LONGEST = 0.5  # seconds of processor time a mail


@pytest.mark.parametrize("archive", ["spamassassin-raw/raw.tar.gz", "mail-fixtures/fixtures.tar.gz"])
def test_every_mail_is_read_or_refused(shared_data, archive):
    """Thousands of real and of broken mails are read, each in bounded time; what is refused is no mail."""
    refused = []
    for name, raw in files_in(shared_data / archive):
        start = time.thread_time()
        try:
            parse_message(raw)
        except MalformedMessage:
            refused.append((name, raw))
        assert time.thread_time() - start < LONGEST, name

    assert [name for name, raw in refused if raw.strip() and b"\0" not in raw] == []
