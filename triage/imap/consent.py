"""Asks a person for consent to read their mail: the authorization code grant for native applications (RFC 8252).

The person opens an address in any browser. Their provider sends the browser back to a port of this machine, where we
listen for that one visit; where the browser runs on another machine, that page cannot be shown, and its address, pasted
to us, serves as well. PKCE (RFC 7636) makes the code worthless to whoever else sees it, `state` keeps out codes that
we did not ask for.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from triage.errors import LoginRefused
from triage.imap.account import OAuthClient
from triage.imap.oauth import Tokens, redeemed
from triage.imap.providers import manners_of


@dataclass(frozen=True, slots=True)
class Question:
    """A question for consent.

    Attributes:
        url: What the person opens in a browser.
        redirect_uri: Where the provider sends the browser back to.
    """

    client: OAuthClient
    account: str
    url: str
    redirect_uri: str
    state: str = field(repr=False)
    code_verifier: str = field(repr=False)

    def is_answered_by(self, url: str) -> bool:
        """Say whether an address that a browser was sent to answers this question, yes or no."""
        told = _parameters(url)
        return hmac.compare_digest(told.get("state", "").encode(), self.state.encode()) and bool(
            {"code", "error"} & set(told)
        )

    def tokens(self, url: str, client_secret: str) -> Tokens:
        """Return the tokens for an answer.

        Raises:
            LoginRefused: The answer is no, or brings no refresh token.
            MailServerUnavailable: The provider does not answer.
        """
        told = _parameters(url)
        if "code" not in told:
            why = "".join(sign for sign in told.get("error", "") if sign.isprintable())[:50]
            raise LoginRefused(
                f"consent for account {self.account} was refused ({why}); ask again when it may be given"
            )
        shown = {"code": told["code"], "code_verifier": self.code_verifier, "redirect_uri": self.redirect_uri}
        tokens = redeemed(self.client, client_secret, shown, account=self.account)
        if not tokens.refresh_token:
            raise LoginRefused(
                f"the provider gave access for a moment only, without a refresh token, to account {self.account};"
                " does its scope ask for offline access?"
            )
        return tokens


def question(client: OAuthClient, username: str, port: int, *, account: str) -> Question:
    """Return a new question, whose answer is to come to a port of this machine."""
    from authlib.integrations.requests_client import OAuth2Session

    manners = manners_of(client)
    redirect_uri = f"http://{manners.loopback}:{port}"
    verifier = secrets.token_urlsafe(64)
    session = OAuth2Session(
        client.client_id, scope=client.scope, redirect_uri=redirect_uri, code_challenge_method="S256"
    )
    url, state = session.create_authorization_url(
        client.authorization_url, code_verifier=verifier, login_hint=username, **manners.asks
    )
    return Question(client, account, url, redirect_uri, state, verifier)


def _parameters(url: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(urlsplit(url.strip()).query).items()}
    except ValueError:
        return {}
