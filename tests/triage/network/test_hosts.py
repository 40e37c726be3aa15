"""Hosts are connected to by the name that the network knows, and what is no host is said to be none."""

import pytest

from triage.network.hosts import network_name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("mail.example.com", "mail.example.com"),
        ("mail.example.com.", "mail.example.com"),
        ("localhost", "localhost"),
        ("mail_1", "mail_1"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("mail.bücher.example", "mail.xn--bcher-kva.example"),
    ],
)
def test_host_has_one_name_in_the_network(host, name):
    """Umlauts become IDNA, brackets are left away."""
    assert network_name(host) == name


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "mail..example.com",
        "a" * 64 + ".example",
        "é" * 64,
        ".".join(["a" * 60] * 5),
        "-v.example",
        "a b.example",
        "imaps://mail.example.com",
        "mail.example.com:993",
        "[mail.example.com]",
        "[::1",
        "::g",
        "a/b",
        "a\r\nb",
    ],
)
def test_what_is_no_host_is_refused(host):
    """Each is a ValueError, which names of hosts in Python are not always."""
    with pytest.raises(ValueError):  # noqa: PT011 (the sentence is the rule's)
        network_name(host)
