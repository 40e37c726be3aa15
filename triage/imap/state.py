"""How it goes with an account, in one word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.storage.accounts import AccountRow
from triage.storage.renewals import consent_gone
from triage.storage.tables import Account

# A poll may be late by some intervals, and by minutes while a server asks us to wait.
LATE_INTERVALS, LEAST_LATE = 3, timedelta(minutes=10)


class State(StrEnum):
    """How it goes."""

    OK = "ok"  # polled to the end lately
    WAITING = "waiting"  # a poller has it in hand and has not come to the end lately; a first poll may take long
    FAILING = "failing"  # the last poll ended in a problem
    CONSENT_GONE = "consent_gone"  # a person must give consent anew
    NOT_POLLED = "not_polled"  # no poller has it in hand


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """How it goes with an account.

    Attributes:
        polled_at: When its folders were last found read to their end.
        problem: One sentence, empty while all is well.
        connected_at: Since when the connection stands, on which new mail is awaited; `None` while there is none, and
            when who had it gave no sign of life for the length of its lease.
    """

    name: str
    mailbox: str
    state: State
    polled_at: datetime | None
    since_poll: timedelta | None
    problem: str
    problem_since: datetime | None
    connected_at: datetime | None
    connected_for: timedelta | None


def status_of(row: AccountRow, now: datetime) -> AccountStatus:
    """Return how it goes with an account at a moment."""
    stored = row.account
    state = state_of(stored, now)
    problem = stored.problem
    connected_at = stored.connected_at if _is_in_hand(stored, now) else None
    if state is State.NOT_POLLED:
        problem = "no poller has it in hand; does `triage poll` run?"
    return AccountStatus(
        name=stored.name,
        mailbox=row.mailbox,
        state=state,
        polled_at=stored.polled_at,
        since_poll=_since(stored.polled_at, now),
        problem=problem,
        problem_since=stored.problem_since,
        connected_at=connected_at,
        connected_for=_since(connected_at, now),
    )


def state_of(account: Account, now: datetime) -> State:
    """Return it in one word."""
    if account.problem:
        return State.CONSENT_GONE if consent_gone(account.oauth) else State.FAILING
    late = max(LATE_INTERVALS * timedelta(seconds=account.interval_seconds), LEAST_LATE)
    # A poll in the future was before the clock was set back: nobody knows how long ago.
    if account.polled_at is not None and abs(now - account.polled_at) <= late:
        return State.OK
    return State.WAITING if _is_in_hand(account, now) else State.NOT_POLLED


def _is_in_hand(account: Account, now: datetime) -> bool:
    return account.leased_until is not None and account.leased_until > now


def _since(moment: datetime | None, now: datetime) -> timedelta | None:
    return None if moment is None else max(now - moment, timedelta(0))
