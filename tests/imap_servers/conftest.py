"""What the tests of the servers themselves stand on."""

from tests.imap_servers.fixtures import dovecot, mail_user, proxy

__all__ = ["dovecot", "mail_user", "proxy"]
