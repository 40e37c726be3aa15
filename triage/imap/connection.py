"""Connecting to a mail server, and being let in."""

import ssl

from imapclient import SocketTimeout

from triage.imap.account import AccessToken, Credentials, ImapAccount, Security
from triage.imap.client import Client
from triage.imap.server import UIDS_A_SEARCH, MailServer
from triage.imap.translation import translated

__all__ = ["ANSWER_SECONDS", "UIDS_A_SEARCH", "MailServer", "connect"]

CONNECT_SECONDS, ANSWER_SECONDS = 15.0, 60.0


def connect(
    account: ImapAccount,
    credentials: Credentials,
    *,
    context: ssl.SSLContext | None = None,
    answer_seconds: float = ANSWER_SECONDS,
) -> MailServer:
    """Connect and log in.

    Raises:
        LoginRefused: The server does not take the password or the token.
        MailServerBusy: It asks us to come back later.
        MailServerUnavailable: It cannot be reached, breaks off, or its certificate is not to be trusted.
    """
    with translated(account.host):
        client = Client(
            account.host,
            account.port,
            ssl=account.security is Security.TLS,
            ssl_context=context or ssl.create_default_context(),
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=answer_seconds),
        )
    client.normalise_times = False
    try:
        with translated(account.host):
            if account.security is Security.STARTTLS:
                client.starttls(context or ssl.create_default_context())
            if isinstance(credentials, AccessToken):
                client.oauth2_login(account.username, credentials.text)
            elif (account.username + credentials.text).isascii():
                client.login(account.username, credentials.text)
            else:
                # The command LOGIN knows ASCII alone (RFC 9051 §9), PLAIN any text (RFC 4616).
                client.plain_login(account.username, credentials.text)
            # What a server can do after the login is often more than before.
            client.capabilities()
    except BaseException:
        MailServer(client, account).abandon()
        raise
    return MailServer(client, account)
