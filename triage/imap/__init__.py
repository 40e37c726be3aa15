"""The door for mail that lies on IMAP servers."""
