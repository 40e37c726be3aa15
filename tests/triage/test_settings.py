"""Where people reach an instance."""

import pytest
from pydantic import ValidationError

from triage.settings import Settings


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8025"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8025"),
        ({"host": "::1", "port": 80}, "http://[::1]:80"),
        ({"public_url": "https://triage.example.org/"}, "https://triage.example.org"),
        ({"public_url": "http://127.0.0.1:9000"}, "http://127.0.0.1:9000"),
    ],
)
def test_people_are_told_an_address_that_leads_here(given, address):
    """Who listens on every address of a container is reached elsewhere; a link must never name 0.0.0.0."""
    assert Settings(**given).address == address


def test_the_public_name_is_one_of_ours():
    """A domain is named once, and requests for it are let in."""
    assert "triage.example.org" in Settings(public_url="https://triage.example.org:8443").host_names


@pytest.mark.parametrize(
    "url", ["triage.example.org", "ftp://a.example", "https://", "https://a.example/triage", "https://a.example:x"]
)
def test_a_public_address_that_leads_nowhere_is_refused(url):
    """A path would not be served, and without a scheme it is no address."""
    with pytest.raises(ValidationError, match="without a path"):
        Settings(public_url=url)
