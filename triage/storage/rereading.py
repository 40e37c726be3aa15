"""Which emails were read with another version than the active one of their mailbox.

Mail that nobody has handled stands by a verdict, which is to be one of the active version. Mail that somebody has
labelled is learned from, handled or not, so it needs a verdict of that version as well.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from triage.storage.emails import READ
from triage.storage.tables import Email, Label, Mailbox, Verdict

# Rendered into the statement, so that the planner takes the partial index.
_STANDS_READ = (Email.state == literal(READ, literal_execute=True), Email.handled_at.is_(None))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading again has come: emails of a mailbox that the active version has read, of those it should."""

    done: int
    of: int


def mailbox_ids(session: Session) -> list[int]:
    """Return every mailbox."""
    return list(session.scalars(select(Mailbox.id).order_by(Mailbox.id)))


def to_read_again(
    session: Session, mailbox_id: int, version: str, *, besides: Collection[int] = (), limit: int
) -> list[int]:
    """Return the next emails to read with a version: those that people labelled first, then those not handled yet."""
    labelled = _labelled_without_verdict(mailbox_id, version).where(Label.email_id.not_in(besides))
    found = list(session.scalars(labelled.distinct().order_by(Label.email_id).limit(limit)))
    for others in _standing_by_others(mailbox_id, version):
        if not found:
            query = others.where(Email.id.not_in(besides)).order_by(Email.model_version, Email.id)
            found = list(session.scalars(query.limit(limit)))
    return found


def progress(session: Session, mailbox_id: int, version: str) -> Progress:
    """Return how far reading again with a version has come."""
    standing = select(Email.id).where(Email.mailbox_id == mailbox_id, *_STANDS_READ)
    handled = (
        select(Label.email_id)
        .distinct()
        .join(Email, Email.id == Label.email_id)
        .where(*_counting(mailbox_id), Email.handled_at.is_not(None))
    )
    of = _count(session, [standing, handled])
    left = _labelled_without_verdict(mailbox_id, version).where(Email.handled_at.is_not(None)).distinct()
    return Progress(of - _count(session, [*_standing_by_others(mailbox_id, version), left]), of)


def _labelled_without_verdict(mailbox_id: int, version: str) -> Select[int]:
    has_one = (Verdict.email_id == Label.email_id, Verdict.model_version == version)
    return (
        select(Label.email_id)
        .join(Email, Email.id == Label.email_id)
        .where(*_counting(mailbox_id), ~select(Verdict.email_id).where(*has_one).exists())
    )


def _counting(mailbox_id: int) -> Sequence[ColumnElement[bool]]:
    return Label.mailbox_id == mailbox_id, Label.withdrawn_at.is_(None), Email.state == READ


def _standing_by_others(mailbox_id: int, version: str) -> Sequence[Select[int]]:
    # Two ranges of the index; asked for what is unequal, a database would walk over all of it.
    return [
        select(Email.id).where(Email.mailbox_id == mailbox_id, *_STANDS_READ, other)
        for other in (Email.model_version < version, Email.model_version > version)
    ]


def _count(session: Session, queries: Sequence[Select[int]]) -> int:
    counts = (select(func.count()).select_from(query.subquery()) for query in queries)
    return sum(session.scalar(count) or 0 for count in counts)
