"""Connecting to a mail server, and being let in."""

import re
import ssl

from imapclient import SocketTimeout

from triage.errors import MailServerUnavailable
from triage.imap.account import AccessToken, Credentials, ImapAccount, Password, Security
from triage.imap.client import Client, Opener, open_any
from triage.imap.server import UIDS_A_SEARCH, MailServer
from triage.imap.translation import translated
from triage.network.hosts import network_name

__all__ = ["ANSWER_SECONDS", "UIDS_A_SEARCH", "MailServer", "connect"]

_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")

CONNECT_SECONDS, ANSWER_SECONDS = 15.0, 60.0

_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")


def connect(
    account: ImapAccount,
    credentials: Credentials,
    *,
    context: ssl.SSLContext | None = None,
    answer_seconds: float = ANSWER_SECONDS,
) -> MailServer:
    """Connect and log in.

    Raises:
        HostRefused: The account may not reach this host.
        LoginRefused: The server does not take the password or the token.
        MailServerBusy: It asks us to come back later.
        MailServerUnavailable: It cannot be reached, breaks off, or its certificate is not to be trusted.
    """
    try:
        host = network_name(account.host)
    except ValueError as error:
        raise MailServerUnavailable(f"no host {account.host} is known here; is its name right?") from error
    with translated(account.host):
        client = Client(
            host,
            account.port,
            ssl=account.security is Security.TLS,
            ssl_context=context or ssl.create_default_context(),
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=answer_seconds),
            opener=_opener(account),
        )
    try:
        with translated(account.host):
            if account.security is Security.STARTTLS:
                client.starttls(context or ssl.create_default_context())
            match credentials:
                case AccessToken(text=token):
                    client.oauth2_login(account.username, token)
                case Password(text=password):
                    _log_in(client, account.username, password)
            # What a server can do after the login is often more than before.
            client.capabilities()
    except BaseException:
        MailServer(client, account).abandon()
        raise
    return MailServer(client, account)


def _opener(account: ImapAccount) -> Opener:
    guard = account.guard
    return open_any if guard is None else lambda host, port, timeout: guard.connect(host, port, timeout)[0]


def _log_in(client: Client, username: str, password: str) -> None:
    # The command LOGIN knows ASCII on one line alone (RFC 9051 §9), PLAIN any text (RFC 4616); not all know PLAIN.
    is_sayable = all(sign.isascii() and sign.isprintable() for sign in username + password)
    if is_sayable and (_ATOM.fullmatch(username) or not client.has_capability("AUTH=PLAIN")):
        client.login(username if _ATOM.fullmatch(username) else _quoted(username), password)
    else:
        client.plain_login(username, password)


def _quoted(text: str) -> str:
    # The library quotes passwords alone.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
