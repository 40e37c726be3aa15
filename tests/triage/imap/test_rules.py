r"""Which accounts are refused, and that the sentence says why."""

from datetime import timedelta

import pytest

from tests.make import NOW
from tests.triage.imap.make import imap_account
from triage.errors import InvalidAccount
from triage.imap.account import ClientLabels, Security, WriteBack, WriteBackBy
from triage.imap.rules import require_sensible
from triage.labels import Band, Urgency


def moves(folder):
    return WriteBack(WriteBackBy.MOVE, {Band.CRITICAL: folder})


def sets(keyword):
    return WriteBack(WriteBackBy.KEYWORD, {Band.CRITICAL: keyword})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "name of an account"),
        ({"name": "-v"}, "name of an account"),
        ({"name": "a/b"}, "name of an account"),
        ({"name": "a b"}, "name of an account"),
        ({"name": "a\x1b"}, "name of an account"),
        ({"name": "a" * 201}, "name of an account"),
        ({"host": "imaps://mail.example.com"}, "no host"),
        ({"host": ""}, "no host"),
        ({"host": "mail..example.com"}, "no host"),
        ({"host": "a" * 64 + ".example.com"}, "no host"),
        ({"port": 0}, "no port"),
        ({"username": ""}, "user of an account"),
        ({"username": "a\r\nb"}, "user of an account"),
        ({"interval": timedelta(seconds=1)}, "interval"),
        ({"security": Security.NONE}, "in the clear"),
        ({"folders": ()}, "at least one folder"),
        ({"folders": ("INBOX", "")}, "at least one folder"),
        ({"folders": ("INBOX", "inbox")}, "named twice"),
        ({"since": NOW + timedelta(days=1)}, "time to come"),
        ({"write_back": moves("INBOX")}, "read from there again"),
        ({"write_back": moves("inbox")}, "read from there again"),
        ({"write_back": moves("Urgent"), "client_labels": ClientLabels({"Urgent": "outage"}, {})}, "take two folders"),
        ({"client_labels": ClientLabels({"inbox": "outage"}, {})}, "read it, or map it"),
        ({"folders": ("INBOX", "urgent"), "write_back": moves("Urgent")}, "moved to Urgent would be read"),
        ({"folders": ("Größe",), "write_back": moves("GRÖSSE")}, "read from there again"),
        ({"write_back": moves("Urgent"), "client_labels": ClientLabels({"urgent": "outage"}, {})}, "take two folders"),
        ({"folders": ("Work",), "client_labels": ClientLabels({"work": "outage"}, {})}, "read it, or map it"),
        ({"write_back": WriteBack(WriteBackBy.MOVE, {})}, "no band"),
        ({"write_back": WriteBack(WriteBackBy.MOVE, {Band.LOW: "a", Band.HIGH: "A"})}, "its own"),
        ({"write_back": sets("two words")}, "keyword"),
        ({"write_back": sets("\\Seen")}, "keyword"),
        ({"write_back": sets("größe")}, "keyword"),
        ({"client_labels": ClientLabels({}, {"\\Deleted": Urgency.LOW})}, "keyword"),
        ({"client_labels": ClientLabels({"Invoices": ""}, {})}, "topic"),
        ({"write_back": sets("urgent"), "client_labels": ClientLabels({}, {"Urgent": Urgency.HIGH})}, "two keywords"),
    ],
)
def test_account_that_makes_no_sense_is_refused(values, words):
    """The sentence names what is wrong, so that one try mends it."""
    with pytest.raises(InvalidAccount, match=words):
        require_sensible(imap_account(**values))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "support@example.com"},
        {"host": "localhost", "security": Security.NONE},
        {"host": "127.0.0.1", "security": Security.NONE},
        {"host": "::1", "security": Security.NONE},
        {"host": "[::1]", "security": Security.NONE},
        {"host": "mail.bücher.example"},
        {"since": NOW - timedelta(days=14)},
        {"folders": ("INBOX", "Rückfragen"), "write_back": moves("Dringend")},
        {
            "write_back": sets("triage-critical"),
            "client_labels": ClientLabels({"Rechnungen": "billing"}, {"\\Flagged": Urgency.HIGH}),
        },
    ],
)
def test_account_that_makes_sense_is_taken(values):
    """What people set up in earnest passes."""
    require_sensible(imap_account(**values))


def test_insecure_login_is_possible_for_who_says_so():
    """A mail server inside a network of one's own may have no TLS."""
    require_sensible(imap_account(security=Security.NONE), insecure=True)
