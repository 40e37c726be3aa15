"""What the tests of IMAP stand on; a folder of tests that needs it imports it in its conftest."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.conftest import missing
from tests.imap_servers.dovecot import DovecotNotInstalled, DovecotServer
from tests.imap_servers.identity_provider import IdentityProvider
from tests.imap_servers.mail_user import MailUser
from tests.imap_servers.proxy import Proxy
from tests.imap_servers.strange import StrangeServer

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[IdentityProvider]:
    """The identity provider that Dovecot asks; tests leave it as they found it, but for consents of their own users."""
    with IdentityProvider() as provider:
        yield provider


@pytest.fixture(scope="session")
def dovecot(identity_provider: IdentityProvider) -> Iterator[DovecotServer]:
    """A Dovecot of our own, shared by the tests that leave it running."""
    try:
        server = DovecotServer(introspection_url=identity_provider.introspection_url)
    except DovecotNotInstalled as error:
        missing("Dovecot", error)
    with server:
        yield server


@pytest.fixture
def mail_user(dovecot: DovecotServer) -> MailUser:
    """A user of that Dovecot who has no mail yet."""
    return dovecot.user(f"user{next(_NUMBERS)}")


@pytest.fixture
def proxy(dovecot: DovecotServer) -> Iterator[Proxy]:
    """A proxy of a test's own before that Dovecot."""
    with Proxy(dovecot.port) as server:
        yield server


@pytest.fixture
def strange() -> Iterator[StrangeServer]:
    """A strange server of a test's own."""
    with StrangeServer() as server:
        yield server
