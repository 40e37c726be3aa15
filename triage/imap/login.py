"""Being let in by the server of an account."""

from collections.abc import Callable

from triage.errors import ConsentGone, LoginRefused
from triage.imap.account import Credentials, ImapAccount
from triage.imap.connection import ANSWER_SECONDS, MailServer, connect

# Returns what the server is shown; asked for it anew when the server has refused the one before.
Shown = Callable[[bool], Credentials]


def log_in(account: ImapAccount, shown: Shown, *, answer_seconds: float = ANSWER_SECONDS) -> MailServer:
    """Connect and log in; an access token that is refused is renewed once.

    Raises:
        ConsentGone: Whoever gave us access has taken it back.
        LoginRefused: The server does not let us in.
        MailServerUnavailable: The server, or the identity provider, does not answer.
        SecretUnreadable: The secret was encrypted with another key.
    """
    try:
        return connect(account, shown(False), answer_seconds=answer_seconds)
    except ConsentGone:
        raise
    except LoginRefused:
        if account.oauth is None:
            raise
        # Access tokens are taken back before their time, when a password changes for example.
        return connect(account, shown(True), answer_seconds=answer_seconds)
