r"""What a person does in their mail program, as labels: an email moved into a folder, or flagged.

A move shows as a message, new in a folder that stands for a topic, whose bytes we hold. Mail that was there before, or
that a rule of the server put there before we saw it, says nothing. A flag counts once: what a person says of the email
later, here, is not overruled by a flag that merely stays.
"""

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from triage.feedback import label
from triage.imap.connection import UIDS_A_SEARCH, MailServer
from triage.imap.door import Door
from triage.imap.fetch import batches
from triage.imap.stumbles import Stumbles
from triage.intake.rows import stored_message_id
from triage.labels import Source, Urgency
from triage.mail.charsets import decoded
from triage.mail.headers import message_id
from triage.ranking import Statement
from triage.storage import emails, exchanges, folders, topics
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Folder

AT_ONCE = 500


def learn_from_moves(
    server: MailServer, door: Door, folder: str, topic: str, *, keep: Callable[[], None] = lambda: None
) -> int:
    """Take each email that came into a folder as labelled with its topic; return how many were.

    `keep` is called now and then, so that whoever waits for us knows that we live; what it raises ends the learning.

    Raises:
        InvalidLabel: The mailbox has no such topic.
        FolderNotFound: The server has no such folder.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        StorageUnavailable: The database does not answer.
    """
    with door.database.unit_of_work() as session:
        mailbox = ensure_mailbox(session, door.account.mailbox, door.clock())
        topics.topic_in(session, mailbox, topic)  # before anything is fetched for it
    state = server.open(folder)
    with door.database.unit_of_work() as session:
        known = folders.folder_of(session, door.account.id, folder)
        if known is None or known.uidvalidity != state.uidvalidity:
            next_uid = state.uid_next
            known = folders.begin_folder(
                session,
                door.account.id,
                folder,
                uidvalidity=state.uidvalidity,
                first_uid=next_uid,
                last_uid=next_uid - 1,
            )
    labelled = 0
    # A search lists no more than the folder holds; only of very many is it asked in parts.
    width = state.uid_next if state.messages <= UIDS_A_SEARCH else UIDS_A_SEARCH
    for first in range(known.last_uid + 1, state.uid_next, width):
        last = min(first + width, state.uid_next) - 1
        uids = server.uids(first, last)
        for begin in range(0, len(uids), AT_ONCE):
            keep()
            moved = _held(server, door, mailbox, uids[begin : begin + AT_ONCE], keep)
            # No further than what is listed: the server may show what has a UID below its next one only later.
            labelled += _learn_move(door, known, moved, topic, uids[begin : begin + AT_ONCE][-1])
        keep()
    return labelled


def learn_from_flags(
    server: MailServer,
    door: Door,
    folder: str,
    flag: str,
    urgency: Urgency,
    *,
    keep: Callable[[], None] = lambda: None,
) -> int:
    """Take each email that was flagged since the last look as labelled with an urgency; return how many were.

    `keep` is called as in `learn_from_moves`.

    Raises:
        FolderNotFound: The server has no such folder.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        StorageUnavailable: The database does not answer.
    """
    state = server.open(folder)
    with door.database.reading() as session:
        known = folders.folder_of(session, door.account.id, folder)
    if known is None or known.uidvalidity != state.uidvalidity:
        return 0
    flagged = server.uids_flagged(flag)
    labelled = 0
    for begin in range(0, len(flagged), AT_ONCE):
        labelled += _learn_flag(door, known, flagged[begin : begin + AT_ONCE], flag, urgency)
        keep()
    return labelled


def _learn_move(door: Door, folder: Folder, email_ids: Sequence[int], topic: str, up_to: int) -> int:
    with door.database.unit_of_work() as session:
        labelled = _label(session, door, email_ids, Statement(topic=topic))
        folders.move_cursor(session, folder.id, folder.uidvalidity, up_to)
    return labelled


def _learn_flag(door: Door, folder: Folder, uids: Sequence[int], flag: str, urgency: Urgency) -> int:
    with door.database.unit_of_work() as session:
        flagged = folders.emails_at(session, folder.id, folder.uidvalidity, uids)
        new = exchanges.note_flag(session, door.account.id, flagged, flag)
        return _label(session, door, new, Statement(urgency=urgency))


def _held(server: MailServer, door: Door, mailbox: int, uids: Sequence[int], keep: Callable[[], None]) -> list[int]:
    """Return the numbers of those emails among the messages that the mailbox holds."""
    # By their Message-IDs, as intake keeps them, most others are known without their bytes.
    told = {uid: _stored_message_id(field) for uid, field in server.message_ids(uids).items()}
    with door.database.reading() as session:
        known = emails.ids_by_message_id(session, mailbox, sorted(set(filter(None, told.values()))))
    held: list[int] = []
    for mail in batches(server, [uid for uid, one in told.items() if not one or one in known], Stumbles()):
        keep()
        digests = [hashlib.sha256(submission.raw).digest() for _, submission in mail]
        with door.database.reading() as session:
            held += [email_id for email_id, _ in emails.ids_by_digest(session, mailbox, digests).values()]
    return held


def _stored_message_id(field: bytes) -> str:
    return stored_message_id(message_id(decoded(field)))


def _label(session: Session, door: Door, email_ids: Sequence[int], statement: Statement) -> int:
    said = label(
        session,
        email_ids,
        statement,
        source=Source.CLIENT,
        author=door.account.name,
        now=door.clock(),
        policy=door.intake.policy,
    )
    return sum(one.is_new for one in said)
