"""Valid accounts with one thing changed."""

from tests.make import NOW
from triage.imap.account import ImapAccount, Security


def imap_account(**values) -> ImapAccount:
    """An account that logs in by password; not stored yet."""
    given = {
        "id": 0,
        "name": "support",
        "mailbox": "main",
        "created_at": NOW,
        "host": "mail.example.com",
        "port": 993,
        "security": Security.TLS,
        "username": "support@example.com",
    }
    return ImapAccount(**given | values)
