"""The address of a webhook, taken apart."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from triage.errors import InvalidWebhook
from triage.network.hosts import network_name

LONGEST_URL = 2000
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect to, and what to ask for there.

    Attributes:
        host: As the network knows it, an IPv6 address without brackets.
        path: With its query, never empty.
    """

    host: str
    port: int
    path: str
    is_encrypted: bool

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.is_encrypted else "http"] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Return the address of a webhook, taken apart.

    Raises:
        InvalidWebhook: It cannot be sent to.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidWebhook(f"a webhook's address is at most {LONGEST_URL:,} characters of ASCII without spaces")
    try:
        parts = urlsplit(url)
        host, port = network_name(parts.hostname or ""), parts.port
    except ValueError as error:
        raise InvalidWebhook("a webhook's address names a host, as in https://example.com/triage") from error
    if parts.scheme not in PORTS or port == 0:
        raise InvalidWebhook("a webhook's address begins with https://, as in https://example.com/triage")
    if parts.username is not None or parts.password is not None:
        raise InvalidWebhook("a webhook's address holds no user or password; the signature says who sends")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port or PORTS[parts.scheme], path, parts.scheme == "https")
