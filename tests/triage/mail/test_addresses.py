"""Addresses of a header."""

import pytest

from triage.mail.addresses import MAX_ADDRESSES, addresses
from triage.mail.message import Address


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("anna@example.org", "", "anna@example.org"),
        ("<anna@example.org>", "", "anna@example.org"),
        ("Anna Beck <anna@example.org>", "Anna Beck", "anna@example.org"),
        ('"Beck, Anna" <anna@example.org>', "Beck, Anna", "anna@example.org"),
        (r'"Anna \"Ann\" Beck" <anna@example.org>', 'Anna "Ann" Beck', "anna@example.org"),
        ("Beck, Anna <anna@example.org>", "Beck, Anna", "anna@example.org"),
        ("anna@example.org (Anna Beck)", "Anna Beck", "anna@example.org"),
        ("=?utf-8?q?J=C3=BCrgen?= <j@example.org>", "Jürgen", "j@example.org"),
        ('"=?utf-8?q?Wei=C3=9F=2C_J=C3=BCrgen?=" <j@example.org>', "Weiß, Jürgen", "j@example.org"),
        ("'Anna' <mailto:anna@example.org>", "Anna", "anna@example.org"),
        ("<@relay.example.com:anna@example.org>", "", "anna@example.org"),
    ],
)
def test_an_address_is_read_as_mailers_write_it(value, name, address):
    """Name and address come apart, whichever way they are put together."""
    assert addresses(value) == (Address(name, address),)


def test_groups_are_opened():
    """The members of a group count, its name does not."""
    found = addresses("Team: a@example.org, B <b@example.org>;, c@example.org")

    assert [one.address for one in found] == ["a@example.org", "b@example.org", "c@example.org"]
    assert [one.name for one in found] == ["", "B", ""]


@pytest.mark.parametrize("value", ["", ",;,", "undisclosed-recipients:;", "<>", "nobody", "(((", '"', "@", "a@", "@b"])
def test_what_holds_no_address_gives_none(value):
    """Only what has the form of an address is one."""
    assert addresses(value) == ()


def test_endless_lists_end():
    """More addresses than any mail has are not read."""
    assert len(addresses("a@example.org, " * (MAX_ADDRESSES + 5))) == MAX_ADDRESSES
