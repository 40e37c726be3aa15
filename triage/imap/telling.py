"""Noting what is wrong with an account, and telling other systems when that is news."""

from datetime import datetime

from sqlalchemy.orm import Session

from triage.imap.state import State
from triage.outbox import Event, Fact, announce
from triage.storage import accounts
from triage.storage.accounts import AccountRow
from triage.storage.renewals import consent_gone


def note_problem(session: Session, account_id: int, sentence: str, now: datetime) -> None:
    """Note why an account cannot be polled; the first of several failures in a row is news, and so is lost consent."""
    row = accounts.by_id(session, account_id)
    if row is not None and _is_news(row, sentence):
        told = {"account": row.account.name, "state": _state(row), "problem": sentence, "since": now}
        announce(session, Event.ACCOUNT_FAILED, [Fact(f"account {row.account.name}", row.account.mailbox_id, told)])
    accounts.note_problem(session, account_id, sentence, now)


def note_polled(session: Session, account_id: int, now: datetime, problem: str = "") -> None:
    """Note that all folders are read to their end, those apart of which `problem` tells."""
    if problem:
        note_problem(session, account_id, problem, now)
    accounts.note_polled(session, account_id, now, problem)


def _is_news(row: AccountRow, sentence: str) -> bool:
    if not row.account.problem:
        return True
    return _state(row) is State.CONSENT_GONE and row.account.problem != sentence


def _state(row: AccountRow) -> State:
    return State.CONSENT_GONE if consent_gone(row.account.oauth) else State.FAILING
