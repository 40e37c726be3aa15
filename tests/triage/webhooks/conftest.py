"""A receiver, and a sender whose clock stands until a test moves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from random import Random

import pytest

from tests.triage.webhooks.receiver import Receiver
from triage.network import Guard
from triage.storage.secrets import Vault
from triage.webhooks.sending import Sender
from triage.webhooks.webhooks import Webhooks

LOOPBACK = Guard((ip_network("127.0.0.0/8"),))


@dataclass
class Clock:
    """Stands still."""

    now: datetime = datetime(2026, 11, 27, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(("a key of more than thirty-two characters",))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that is up."""
    made = Receiver().up()
    yield made
    made.down()


@pytest.fixture
def webhooks(database, vault, clock) -> Webhooks:
    return Webhooks(database, vault, LOOPBACK, clock)


@pytest.fixture
def sender(database, vault, clock) -> Sender:
    return Sender(database, vault, LOOPBACK, "this process", clock=clock, random=Random(0), within=timedelta(seconds=2))
