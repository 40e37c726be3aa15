"""Identity providers that vouch for us at mail servers: where they are, and what access to mail is called there."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from triage.errors import InvalidAccount
from triage.imap.account import OAuthClient

GOOGLE, MICROSOFT, CUSTOM = "google", "microsoft", "custom"
PROVIDERS = (GOOGLE, MICROSOFT, CUSTOM)
ANY_TENANT = "common"


@dataclass(frozen=True, slots=True)
class Manners:
    """What a provider wants beyond the standard.

    Attributes:
        loopback: How it wants to call this machine in the address that it sends a browser back to.
        asks: What the address with the question for consent has besides, so that we get a refresh token.
    """

    loopback: str = "127.0.0.1"
    asks: dict[str, str] = field(default_factory=dict)


_MANNERS = {
    # Without `prompt` a second consent brings no refresh token.
    GOOGLE: Manners(asks={"access_type": "offline", "prompt": "consent"}),
    # A native application is registered there with `http://localhost`, which then stands for any port.
    MICROSOFT: Manners(loopback="localhost"),
}


def manners_of(client: OAuthClient) -> Manners:
    """Return what a provider wants beyond the standard."""
    return _MANNERS.get(client.provider, Manners())


def google(client_id: str) -> OAuthClient:
    """Return us as Google knows us."""
    return OAuthClient(
        provider=GOOGLE,
        client_id=client_id,
        authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 (an address)
        scope="https://mail.google.com/",
    )


def microsoft(client_id: str, tenant: str = ANY_TENANT) -> OAuthClient:
    """Return us as Microsoft knows us.

    Raises:
        InvalidAccount: No tenant is called so.
    """
    if not tenant.replace("-", "").replace(".", "").isalnum():
        raise InvalidAccount(f"{tenant} is no tenant of Microsoft; give its number or domain, or leave it out")
    return OAuthClient(
        provider=MICROSOFT,
        client_id=client_id,
        authorization_url=f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token_url=f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        scope="https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    )


def custom(client_id: str, *, authorization_url: str, token_url: str, scope: str) -> OAuthClient:
    """Return us as another provider knows us.

    Raises:
        InvalidAccount: An address is none, or would send secrets over a network unencrypted.
    """
    for url in (authorization_url, token_url):
        parts = urlsplit(url)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here(parts.hostname))):
            raise InvalidAccount(f"{url} is no address of an identity provider; it must begin with https://")
    return OAuthClient(CUSTOM, client_id, authorization_url, token_url, scope)


def is_here(host: str) -> bool:
    """Say whether a host is this machine by its very name."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
