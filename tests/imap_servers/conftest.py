"""What the tests of the servers themselves stand on."""

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user, proxy, strange

__all__ = ["dovecot", "identity_provider", "mail_user", "proxy", "strange"]
