"""How far a session reaches: to all mailboxes, or to some.

What belongs to other mailboxes is not there for a session that is restricted: no query of it finds their rows, no
update or delete changes any. This is done once, for every table, and not in each question: one that forgot would show
other people's letters. It holds for statements over mapped classes; what is asked of bare tables or in words of SQL is
written for workers, who see all.

A row belongs to the mailbox that its column names, or to that of its email, image, account or folder. A table that has
none of them is no mailbox's, and so is out of reach.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, event, exists, false, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from triage.storage.tables import Account, Base, Email, Folder, Image, Mailbox

REACH = "mailboxes"
# Options of a statement that must see all mailboxes, whoever asks, and of which nothing is shown to who asked.
BEYOND_REACH = {"beyond_reach": True}
# Whose row says which mailbox another's row belongs to, by the column that leads there; the first that fits counts.
_OWNERS: tuple[tuple[str, type[Base]], ...] = (
    ("email_id", Email),
    ("image_id", Image),
    ("account_id", Account),
    ("folder_id", Folder),
)


def restrict(session: Session, mailboxes: frozenset[str]) -> None:
    """Let a session reach some mailboxes alone."""
    session.info[REACH] = mailboxes
    options = _criteria(mailboxes)

    def narrow(state: ORMExecuteState) -> None:
        changes_or_shows = state.is_select or state.is_update or state.is_delete
        if changes_or_shows and not state.is_column_load and not state.execution_options.get("beyond_reach"):
            state.statement = state.statement.options(*options)

    event.listen(session, "do_orm_execute", narrow)


def is_restricted(session: Session) -> bool:
    """Tell whether a session reaches less than all mailboxes."""
    return session.info.get(REACH) is not None


def reaches(session: Session, mailbox: str) -> bool:
    """Tell whether a session may see and change a mailbox, also one that is not there yet."""
    mailboxes = session.info.get(REACH)
    return mailboxes is None or mailbox in mailboxes


def condition(table: Table, mailboxes: frozenset[str]) -> ColumnElement[bool]:
    """Return what is true of the rows of a table that belong to some mailboxes."""
    if table is Mailbox.__table__:
        return table.c.name.in_(sorted(mailboxes))
    if "mailbox_id" in table.c:
        return _of_mailboxes(table.c.mailbox_id, mailboxes)
    for column, owner in _OWNERS:
        if column in table.c:
            # Another name than in the statement itself, which is about the same table perhaps.
            owning = _table(owner).alias()
            is_owned = owning.c.id == table.c[column]
            return exists(select(1).where(is_owned, _of(owner, owning, mailboxes)))
    return false()


def belongs_to_mailboxes(table: Table) -> bool:
    """Tell whether each row of a table is some mailbox's."""
    leads = {"mailbox_id", *(column for column, _ in _OWNERS)}
    return table is Mailbox.__table__ or not leads.isdisjoint(table.c.keys())


def _of(owner: type[Base], owning: Any, mailboxes: frozenset[str]) -> ColumnElement[bool]:
    if owner is not Folder:
        return _of_mailboxes(owning.c.mailbox_id, mailboxes)
    account = _table(Account).alias()
    is_its = account.c.id == owning.c.account_id
    return exists(select(1).where(is_its, _of_mailboxes(account.c.mailbox_id, mailboxes)))


def _of_mailboxes(column: Any, mailboxes: frozenset[str]) -> ColumnElement[bool]:
    mailbox = _table(Mailbox).alias()
    ids = select(mailbox.c.id).where(mailbox.c.name.in_(sorted(mailboxes)))
    # By one number an index is walked in its order, by a set of them it is not.
    found: ColumnElement[bool] = column == ids.scalar_subquery() if len(mailboxes) == 1 else column.in_(ids)
    return found


@lru_cache(maxsize=128)
def _criteria(mailboxes: frozenset[str]) -> Sequence[ExecutableOption]:
    return [
        with_loader_criteria(mapper.class_, condition(_table(mapper.class_), mailboxes), include_aliases=True)
        for mapper in Base.registry.mappers
    ]


def _table(mapped: type[Base]) -> Table:
    table = mapped.__table__
    assert isinstance(table, Table)  # noqa: S101 (every class of ours is one)
    return table
