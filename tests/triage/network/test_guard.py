"""Hosts that others name, and our own network."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from triage.errors import HostRefused
from triage.network import Guard

OURS = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "::127.0.0.1",
    "5f00::1",
    "100::1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
)


@pytest.mark.parametrize("address", OURS)
def test_address_of_our_own_is_refused(address):
    """A-36: loopback, private, link-local, metadata, and every other spelling of them, is not reached."""
    assert not Guard().may_reach(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_address_is_reached(address):
    """An address that is for all to reach is reached."""
    assert Guard().may_reach(ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "::1", "0"])
def test_name_and_odd_spelling_of_loopback_are_refused(host):
    """A-36: what the resolver makes of a host counts, not how it is spelled."""
    with pytest.raises(HostRefused, match="TRIAGE_ALLOWED_NETWORKS"):
        Guard().addresses(host, 80)


def test_one_address_of_our_own_among_others_refuses_the_name(monkeypatch):
    """A-36: a name that has a public address and one of ours is refused, whichever comes first."""
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: told)

    with pytest.raises(HostRefused):
        Guard().addresses("both.example", 80)


def test_second_answer_of_a_name_server_is_never_asked_for(monkeypatch):
    """A-36: we connect to the address that was judged, so a name that leads elsewhere a moment later leads nowhere."""
    asked = []

    def told(host, port, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host if host[0].isdigit() else "127.0.0.1", port))]

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(socket, "getaddrinfo", told)

        opened, address = Guard((ip_network("127.0.0.0/8"),)).connect("rebinding.example", port, 5)
        opened.close()

    assert str(address) == "127.0.0.1"
    assert asked.count("rebinding.example") == 1


def test_allowed_network_is_reached_and_no_other():
    """What a setting names may be reached, in any spelling; the rest of our network may not."""
    guard = Guard((ip_network("10.0.0.0/8"),))

    assert guard.may_reach(ip_address("10.9.8.7"))
    assert guard.may_reach(ip_address("::ffff:10.9.8.7"))
    assert not guard.may_reach(ip_address("192.168.1.1"))
