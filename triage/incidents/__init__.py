"""Incidents: mails of one mailbox about one matter, grouped as they arrive, and handled at once."""
