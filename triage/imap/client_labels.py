r"""What a person does in their mail program, as labels: an email moved into a folder, or flagged.

A move shows as a message, new in a folder that stands for a topic, whose bytes we hold. Mail that was there before, or
that a rule of the server put there before we saw it, says nothing. A flag counts once: what a person says of the email
later, here, is not overruled by a flag that merely stays.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy.orm import Session

from triage.feedback import label
from triage.imap.connection import MailServer
from triage.imap.door import Door
from triage.imap.fetch import batches
from triage.imap.stumbles import Stumbles
from triage.labels import Source, Urgency
from triage.ranking import Statement
from triage.storage import emails, folders
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.tables import Folder

AT_ONCE = 500


def learn_from_moves(server: MailServer, door: Door, folder: str, topic: str) -> int:
    """Take each email that came into a folder as labelled with its topic; return how many were.

    Raises:
        InvalidLabel: The mailbox has no such topic.
        FolderNotFound: The server has no such folder.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        StorageUnavailable: The database does not answer.
    """
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
    if known.last_uid + 1 >= state.uid_next:
        return 0
    moved = _held(server, door, server.uids(known.last_uid + 1, state.uid_next - 1))
    with door.database.unit_of_work() as session:
        labelled = _label(session, door, moved, Statement(topic=topic))
        folders.move_cursor(session, known.id, known.uidvalidity, state.uid_next - 1)
    return labelled


def learn_from_flags(server: MailServer, door: Door, folder: str, flag: str, urgency: Urgency) -> int:
    """Take each email that was flagged since the last look as labelled with an urgency; return how many were.

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
    return sum(
        _learn_flag(door, known, flagged[begin : begin + AT_ONCE], flag, urgency)
        for begin in range(0, len(flagged), AT_ONCE)
    )


def _learn_flag(door: Door, folder: Folder, uids: Sequence[int], flag: str, urgency: Urgency) -> int:
    with door.database.unit_of_work() as session:
        new = folders.note_flag(session, folder.id, uids, flag)
        return _label(session, door, new, Statement(urgency=urgency))


def _held(server: MailServer, door: Door, uids: Sequence[int]) -> list[int]:
    """Return the numbers of those emails among the messages that the mailbox holds."""
    held: list[int] = []
    with door.database.unit_of_work() as session:
        mailbox = ensure_mailbox(session, door.account.mailbox, door.clock())
    for begin in range(0, len(uids), AT_ONCE):
        # By their Message-IDs most others are known without their bytes.
        told = {
            uid: one.decode(errors="replace") for uid, one in server.message_ids(uids[begin : begin + AT_ONCE]).items()
        }
        with door.database.reading() as session:
            known = emails.threads_by_message_id(session, mailbox, filter(None, told.values()))
        for mail in batches(server, [uid for uid, one in told.items() if not one or one in known], Stumbles()):
            digests = [hashlib.sha256(submission.raw).digest() for _, submission in mail]
            with door.database.reading() as session:
                held += [email_id for email_id, _ in emails.ids_by_digest(session, mailbox, digests).values()]
    return held


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
