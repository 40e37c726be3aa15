"""Servers that the tests of IMAP talk to: a real Dovecot, and what misbehaves in ways that it cannot be made to."""
