"""How it goes with an account, in one word."""

from datetime import timedelta

import pytest

from tests.make import NOW
from triage.imap.state import State, status_of
from triage.storage.accounts import AccountRow
from triage.storage.tables import Account

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GONE = {"consent_gone": {"at": NOW.isoformat(), "sentence": "gone"}}


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"polled_at": NOW - MINUTE}, State.OK),
        ({"polled_at": NOW - 9 * MINUTE}, State.OK),
        ({"polled_at": NOW - 11 * MINUTE}, State.NOT_POLLED),
        ({"polled_at": NOW - 2 * HOUR, "interval_seconds": 3600}, State.OK),
        ({"polled_at": NOW + HOUR}, State.NOT_POLLED),
        ({}, State.NOT_POLLED),
        ({"leased_until": NOW + MINUTE}, State.WAITING),
        ({"leased_until": NOW - MINUTE}, State.NOT_POLLED),
        ({"polled_at": NOW - HOUR, "leased_until": NOW + MINUTE}, State.WAITING),
        ({"polled_at": NOW - MINUTE, "problem": "refused"}, State.FAILING),
        ({"problem": "gone", "oauth": GONE}, State.CONSENT_GONE),
        ({"problem": "refused", "oauth": {}}, State.FAILING),
    ],
)
def test_state_says_what_a_person_must_know(values, state):
    """A problem goes first; without one it counts when the last poll was, and whether a poller has it in hand."""
    given = {"name": "support", "problem": "", "interval_seconds": 60}

    status = status_of(AccountRow(Account(**given | values), "main"), NOW)

    assert status.state is state
    assert bool(status.problem) == (state not in (State.OK, State.WAITING))


@pytest.mark.parametrize(
    ("leased_until", "connected_for"),
    [(NOW + timedelta(seconds=20), HOUR), (NOW - MINUTE, None), (None, None)],
)
def test_connection_of_a_poller_that_was_killed_is_none(leased_until, connected_for):
    """A connection is shown while somebody holds the lease; who is killed cannot say that it is gone."""
    given = {"name": "support", "problem": "", "interval_seconds": 60, "polled_at": NOW, "connected_at": NOW - HOUR}

    status = status_of(AccountRow(Account(**given, leased_until=leased_until), "main"), NOW)

    assert status.connected_for == connected_for
    assert (status.connected_at is None) == (connected_for is None)
