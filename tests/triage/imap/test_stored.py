"""Accounts as rows, and back."""

from datetime import timedelta

import pytest

from tests.make import NOW
from tests.triage.imap.make import imap_account
from triage.imap.account import ClientLabels, OAuthClient, Security, WriteBack, WriteBackBy
from triage.imap.stored import account_by_name, add_account, stored_accounts
from triage.labels import Band, Urgency

FULL = {
    "port": 143,
    "security": Security.STARTTLS,
    "folders": ("INBOX", "Rückfragen"),
    "since": NOW - timedelta(days=14),
    "interval": timedelta(seconds=30),
    "oauth": OAuthClient("google", "id", "https://a.example/auth", "https://a.example/token", "mail"),
    "write_back": WriteBack(WriteBackBy.MOVE, {Band.CRITICAL: "Urgent"}),
    "client_labels": ClientLabels({"Rechnungen": "billing"}, {"\\Flagged": Urgency.HIGH}),
}


@pytest.mark.parametrize("values", [{}, FULL])
def test_stored_account_comes_back_as_it_was(database, values):
    """Everything that a person set survives, also what is left out."""
    with database.unit_of_work() as session:
        stored = add_account(session, imap_account(**values), b"encrypted", NOW)

    with database.reading() as session:
        assert account_by_name(session, "support") == stored
        assert stored_accounts(session) == [stored]
    assert stored == imap_account(**values, id=stored.id)
