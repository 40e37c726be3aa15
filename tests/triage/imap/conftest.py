"""What the tests of IMAP stand on."""

from tests.imap_servers.fixtures import dovecot, mail_user, proxy

__all__ = ["dovecot", "mail_user", "proxy"]
