"""Asks an identity provider for tokens, and understands its no (RFC 6749 §5.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from triage.errors import ConsentGone, LoginRefused, MailServerBusy, MailServerUnavailable, TriageError
from triage.imap.account import OAuthClient

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session
    from requests import Response

# Seconds to connect, and between two pieces of the answer.
PATIENCE = (10.0, 20.0)
LONGEST_WAIT = timedelta(hours=1)
# What Google and Microsoft give; a provider need not say it.
USUAL_LIFETIME = timedelta(hours=1)
LONGEST_LIFETIME_SECONDS = 366 * 24 * 3600

_CONSENT_GONE = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
_UNKNOWN_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_LATER = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave.

    Attributes:
        refresh_token: To be shown the next time; empty when there is none.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    lifetime: timedelta


def renewed(client: OAuthClient, client_secret: str, refresh_token: str, *, account: str) -> Tokens:
    """Return new tokens for a refresh token; with the same one where the provider gave no other.

    Raises:
        ConsentGone: Whoever gave consent took it back, or it ran out.
        LoginRefused: The provider does not know us, or refuses for another reason that lasts.
        MailServerBusy: It asks us to come back later.
        MailServerUnavailable: It does not answer, or not as a provider does.
    """
    return _asked(
        client,
        client_secret,
        account,
        lambda session: session.refresh_token(client.token_url, refresh_token=refresh_token),
    )


def redeemed(client: OAuthClient, client_secret: str, shown: Mapping[str, str], *, account: str) -> Tokens:
    """Return the first tokens, for a code that the provider gave when somebody consented.

    Args:
        client: Who we are there.
        client_secret: Empty for a client that has none.
        shown: The `code` with its `code_verifier` and `redirect_uri`.
        account: The account that it is for; named in errors.

    Raises:
        ConsentGone: The code ran out, or was used before.
        LoginRefused: As in `renewed`.
        MailServerBusy: As in `renewed`.
        MailServerUnavailable: As in `renewed`.
    """
    return _asked(
        client,
        client_secret,
        account,
        lambda session: session.fetch_token(client.token_url, grant_type="authorization_code", **shown),
    )


def _asked(
    client: OAuthClient, client_secret: str, account: str, ask: Callable[["OAuth2Session"], Mapping[str, Any]]
) -> Tokens:
    # Loading these takes a fifth of a second, which accounts with a password need not spend.
    from authlib.integrations.base_client import OAuthError
    from requests import RequestException

    host = urlsplit(client.token_url).hostname or ""
    with _session(client, client_secret) as session:
        try:
            answer = ask(session)
        except OAuthError as error:
            # Without its cause, whose description may name people.
            raise _refusal(host, account, str(error.error or "")) from None
        except RequestException as error:
            # Without its cause too: some quote the address with what was sent.
            raise MailServerUnavailable(
                f"the identity provider {host} does not answer ({type(error).__name__}); it is asked again later"
            ) from None
        except ValueError:
            raise _nonsense(host) from None
    return _tokens(answer, host)


def _session(client: OAuthClient, client_secret: str) -> "OAuth2Session":
    from authlib.integrations.requests_client import OAuth2Session

    session = OAuth2Session(
        client.client_id,
        client_secret or None,
        # In the body: in the header authlib would not encode characters that may stand in a secret (RFC 6749 §2.3.1).
        token_endpoint_auth_method="client_secret_post" if client_secret else "none",
        default_timeout=PATIENCE,
    )
    # A secret is for the address that was set, and for none that it may point to.
    session.max_redirects = 0
    for answered in ("access_token_response", "refresh_token_response"):
        session.register_compliance_hook(answered, _require_answer)
    return session


def _require_answer(response: "Response") -> "Response":
    """Return an answer that says yes or no; authlib would not tell who asks us to wait from who refuses."""
    host = urlsplit(response.url).hostname or ""
    wait = _told_wait(response.headers.get("Retry-After", ""))
    if response.status_code == 429 or (response.status_code == 503 and wait is not None):
        raise MailServerBusy(f"the identity provider {host} asks us to come back later; we do", retry_after=wait)
    if response.status_code >= 500:
        raise MailServerUnavailable(
            f"the identity provider {host} is out of order (HTTP {response.status_code}); it is asked again later"
        )
    return response


def _told_wait(text: str) -> timedelta | None:
    """Return how long Retry-After says to wait, in seconds or until a date (RFC 9110 §10.2.3)."""
    try:
        wait = timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _refusal(host: str, account: str, code: str) -> TriageError:
    code = "".join(sign for sign in code if sign.isprintable())[:50]
    if code in _CONSENT_GONE:
        return ConsentGone(
            f"{host} no longer vouches for account {account} ({code}): consent was taken back or ran out; "
            f"give it anew with `triage accounts consent {account}`"
        )
    if code in _UNKNOWN_CLIENT:
        return LoginRefused(
            f"{host} does not know the client of account {account} ({code}); are its id and its secret right, and has"
            f" the secret not run out? `triage accounts consent {account}` takes a new secret"
        )
    if code in _LATER:
        return MailServerUnavailable(f"the identity provider {host} is out of order ({code}); it is asked again later")
    return LoginRefused(f"{host} gives no access to account {account} ({code}); are client and scope right?")


def _tokens(answer: Mapping[str, Any], host: str) -> Tokens:
    access_token, lifetime = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(access_token, str) or not access_token:
        raise _nonsense(host)
    # Authlib has seen to it that it is a number, if it is there at all.
    told = USUAL_LIFETIME if lifetime is None else timedelta(seconds=min(int(lifetime), LONGEST_LIFETIME_SECONDS))
    return Tokens(access_token, str(answer.get("refresh_token") or ""), told)


def _nonsense(host: str) -> MailServerUnavailable:
    return MailServerUnavailable(
        f"{host} does not answer as an identity provider does; is its address right, and does no gateway stand between?"
    )
