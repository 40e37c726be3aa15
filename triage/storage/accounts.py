"""Accounts by name, who polls each of them now, and how that goes.

What a note is about may be gone meanwhile: noting something of an account that was removed does nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from triage.errors import AccountNotFound, InvalidAccount
from triage.storage.tables import Account, Mailbox


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with the name of the mailbox that it feeds."""

    account: Account
    mailbox: str


def add(session: Session, account: Account) -> int:
    """Store a new account; return its id.

    Raises:
        InvalidAccount: There is one of this name.
    """
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        raise _taken(account.name) from error
    return account.id


def require_free(session: Session, name: str) -> None:
    """Return when no account has a name.

    Raises:
        InvalidAccount: There is one of this name.
    """
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise _taken(name)


def by_name(session: Session, name: str) -> AccountRow:
    """Return an account.

    Raises:
        AccountNotFound: There is none of this name.
    """
    found = session.execute(_rows().where(Account.name == name)).one_or_none()
    if found is None:
        raise AccountNotFound(name)
    return AccountRow(*found)


def by_id(session: Session, account_id: int) -> AccountRow | None:
    """Return an account, or `None` when it was removed."""
    found = session.execute(_rows().where(Account.id == account_id)).one_or_none()
    return None if found is None else AccountRow(*found)


def all_accounts(session: Session) -> Sequence[AccountRow]:
    """Return every account, in the order of names."""
    return [AccountRow(*row) for row in session.execute(_rows().order_by(Account.name))]


def change(session: Session, account_id: int, **values: Any) -> None:
    """Set columns of an account."""
    session.execute(update(Account).where(Account.id == account_id).values(**values))


def remove(session: Session, account_id: int) -> None:
    """Forget an account and how far its folders are read; the emails that it brought stay."""
    session.execute(delete(Account).where(Account.id == account_id))


def hold(session: Session, account_id: int) -> bool:
    """Let nobody remove an account before the transaction ends; `False` when it is removed already."""
    query = select(Account.id).where(Account.id == account_id).with_for_update(read=True, key_share=True)
    return session.scalar(query) is not None


def lease(session: Session, account_id: int, owner: str, now: datetime, length: timedelta) -> bool:
    """Make `owner` the one who polls an account until `now + length`; return whether that succeeded.

    It does when nobody has it, the owner has it already, or the lease of another ran out. One that ends later than any
    lease of this length can is from before the clock was set back, and may be taken too. Twice the length tells it
    from one that was given a moment ago by a clock a little ahead of ours.

    Args:
        session: Open, with the transaction that this belongs to.
        account_id: Which account.
        owner: A name that no other process has, nor this one after a restart.
        now: The time on the owner's clock.
        length: The same for all who poll.
    """
    is_free = or_(
        Account.owner.is_(None),
        Account.owner == owner,
        Account.leased_until.is_(None),
        Account.leased_until <= now,
        Account.leased_until > now + 2 * length,
    )
    taken = session.execute(
        update(Account).where(Account.id == account_id, is_free).values(owner=owner, leased_until=now + length)
    )
    assert isinstance(taken, CursorResult)  # noqa: S101 (an UPDATE gives nothing else)
    return taken.rowcount == 1


def release(session: Session, account_id: int, owner: str) -> None:
    """Let others poll an account; one that another has taken meanwhile stays with them."""
    session.execute(
        update(Account)
        .where(Account.id == account_id, Account.owner == owner)
        .values(owner=None, leased_until=None, connected_at=None)
    )


def note_connected(session: Session, account_id: int, now: datetime | None) -> None:
    """Note since when the connection stands, `None` that there is none."""
    change(session, account_id, connected_at=now)


def note_tried(session: Session, account_id: int, now: datetime) -> None:
    """Note that a poll begins."""
    change(session, account_id, tried_at=now)


def note_polled(session: Session, account_id: int, now: datetime, problem: str = "") -> None:
    """Note that all folders are read to their end.

    Whatever was wrong before is not any more, unless something still is: a folder that is not there, say.
    """
    change(session, account_id, polled_at=now)
    if problem:
        note_problem(session, account_id, problem, now)
    else:
        end_problem(session, account_id)


def end_problem(session: Session, account_id: int) -> None:
    """Note that nothing is wrong."""
    change(session, account_id, problem="", problem_since=None)


def note_problem(session: Session, account_id: int, sentence: str, now: datetime) -> None:
    """Note why the account cannot be polled; since when is that of the first of several in a row."""
    change(session, account_id, problem=sentence, problem_since=func.coalesce(Account.problem_since, now))


def secret_of(session: Session, account_id: int, *, to_change: bool = False) -> bytes | None:
    """Return an encrypted secret, or `None` when the account was removed.

    Args:
        session: Open, with the transaction that this belongs to.
        account_id: Which account.
        to_change: Let nobody else change it before the end of the transaction.
    """
    query = select(Account.secret).where(Account.id == account_id)
    return session.scalar(query.with_for_update() if to_change else query)


def store_secret(session: Session, account_id: int, secret: bytes) -> None:
    """Replace a secret by another, which is encrypted already."""
    change(session, account_id, secret=secret)


def note_secret_given(session: Session, account_id: int) -> None:
    """Note that a person gave another secret, which ends the wait of whoever was refused with the one before."""
    change(session, account_id, secret_generation=Account.secret_generation + 1)


def _taken(name: str) -> InvalidAccount:
    return InvalidAccount(f"there is already an account {name}; choose another name, or remove that one first")


def _rows() -> Select[Account, str]:
    # What the session holds already may be older than what we wrote past it.
    query = select(Account, Mailbox.name).join(Mailbox, Mailbox.id == Account.mailbox_id)
    return query.execution_options(populate_existing=True)
