"""Connecting to hosts that others name, and never into our own network.

Whoever may name a host could name one that only we can reach: a database on this machine, the page of a cloud that
gives away its keys. So a name is resolved once, each address that it has is judged, and we connect to the very address
that was judged: a second answer of the same name server (DNS rebinding) is never asked for. One address that is not
for all to reach makes the whole name suspicious, and it is refused.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from triage.errors import HostRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IPv6 addresses that lead to the IPv4 address in their last 32 bits (RFC 6052 §2.1).
_NAT64 = IPv6Network("64:ff9b::/96")
# All IPv6 addresses that are given out for all to reach (RFC 4291 §2.4, IANA); old and odd forms lie outside.
_GIVEN_OUT = IPv6Network("2000::/3")
# Where clouds answer their own machines alone, at addresses that count as public: Azure's, and one block of all.
_CLOUDS = (IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))


@dataclass(frozen=True, slots=True)
class Guard:
    """Says where we may connect to.

    Attributes:
        allowed: Networks of our own that may be reached all the same.
    """

    allowed: tuple[Network, ...] = ()

    def connect(self, host: str, port: int, timeout: float | None) -> tuple[socket.socket, Address]:
        """Connect to a host, by the first of its addresses that answers; return which that is.

        Raises:
            HostRefused: It leads into our own network.
            OSError: It is not known, or does not answer.
        """
        failure: OSError = ConnectionRefusedError(f"{host} has no address")
        for address in self.addresses(host, port):
            try:
                return socket.create_connection((str(address), port), timeout), address
            except OSError as error:
                failure = error
        raise failure

    def addresses(self, host: str, port: int) -> list[Address]:
        """Return the addresses that a host has, each once.

        Raises:
            HostRefused: One of them is of our own network.
            OSError: The host is not known.
        """
        found = _resolved(host, port)
        if not all(map(self.may_reach, found)):
            raise HostRefused(host)
        return found

    def may_reach(self, address: Address) -> bool:
        """Say whether an address is for all to reach, or is allowed."""
        bare = _within(address)
        return _is_public(bare) or self.is_allowed(bare)

    def is_allowed(self, address: Address) -> bool:
        """Say whether an address is of a network that is allowed by name."""
        bare = _within(address)
        return any(bare in network for network in self.allowed)


def _is_public(bare: Address) -> bool:
    if not bare.is_global or bare.is_multicast or any(bare in network for network in _CLOUDS):
        return False
    return isinstance(bare, IPv4Address) or bare in _GIVEN_OUT


def _resolved(host: str, port: int) -> list[Address]:
    try:
        told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that is too long, say
        raise OSError(f"{host} is no name of a host") from error
    # An address of a link has the name of that link behind a percent sign.
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in told))


def _within(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address is another spelling of, or leads to."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
