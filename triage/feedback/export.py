"""Labelled mail as examples, which training takes and `triage labels import` knows again."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from triage.errors import MailboxNotFound
from triage.storage import emails, labels
from triage.storage.mailboxes import mailbox_id
from triage.storage.session import Database

BATCH = 500


def labelled_examples(database: Database, mailbox: str | None = None) -> Iterator[dict[str, Any]]:
    """Return every labelled email of a mailbox, or of all, in the order of ids; each batch is read when it is due.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    with database.reading() as session:
        wanted = None if mailbox is None else mailbox_id(session, mailbox)
    if mailbox is not None and wanted is None:
        raise MailboxNotFound(mailbox)
    return _examples(database, wanted)


def _examples(database: Database, wanted: int | None) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        with database.reading() as session:
            ids = labels.labelled_emails(session, wanted, after=after, limit=BATCH)
            batch = _batch(session, ids)
        yield from batch
        if len(ids) < BATCH:
            return
        after = ids[-1]


def _batch(session: Session, ids: list[int]) -> list[dict[str, Any]]:
    said = labels.labels_in_force(session, ids)
    return [
        {
            "id": email.id,
            "mailbox": email.mailbox,
            "digest": email.digest.hex(),
            "message_id": email.message_id,
            "subject": email.subject,
            "body": email.text,
            **said[email.id].said.statement.as_json(),
            "author": said[email.id].newest.author,
            "source": said[email.id].newest.source,
            "said_at": said[email.id].newest.said_at.isoformat(),
            # Mails of one thread must not be learned from and judged by.
            "group": email.thread_id,
        }
        for email in emails.texts_of(session, ids)
        if email.id in said
    ]
