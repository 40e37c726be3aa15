"""What polling works with: intake, and what is known of folders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.errors import MailServerUnavailable, TooMuchWaits
from triage.imap.account import ImapAccount
from triage.imap.cursor import FolderCursor, start
from triage.imap.remote import FolderState
from triage.intake import Intake, Outcome, Submission
from triage.intake.patience import PatientIntake
from triage.storage import folders
from triage.storage.session import Database


@dataclass(frozen=True, slots=True)
class Door:
    """Where the mail of one account goes.

    Attributes:
        clock: The time of day, aware.
    """

    account: ImapAccount
    database: Database
    intake: Intake | PatientIntake
    clock: Callable[[], datetime]

    def cursor(self, folder: str, state: FolderState) -> FolderCursor:
        """Return how far a folder is read, from its beginning when nothing of it is known or its UIDs are void.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        with self.database.unit_of_work() as session:
            known = folders.folder_of(session, self.account.id, folder)
            if known is None or known.uidvalidity != state.uidvalidity:
                is_everything_wanted = self.account.since is None
                first_uid, last_uid = start(is_everything_wanted=is_everything_wanted, next_uid=state.uid_next)
                known = folders.begin_folder(
                    session,
                    self.account.id,
                    folder,
                    uidvalidity=state.uidvalidity,
                    first_uid=first_uid,
                    last_uid=last_uid,
                )
            return FolderCursor(known.id, folder, known.uidvalidity, known.first_uid, known.last_uid)

    def take(self, cursor: FolderCursor, mail: Sequence[tuple[int, Submission]]) -> int:
        """Store messages, by UID, and note that they are known; return how many were new. Safe to repeat.

        Whoever is stopped between the two finds the messages again, and intake knows them by their bytes.

        Raises:
            TooMuchWaits: The queue takes no more; nothing of this is noted as known.
            StorageUnavailable: The database does not answer.
            MailServerUnavailable: The UIDs have become void meanwhile.
        """
        now = self.clock()
        receipts = self.intake.keep([submission for _, submission in mail], mailbox=self.account.mailbox, now=now)
        full = next((one.error for one in receipts if isinstance(one.error, TooMuchWaits)), None)
        if full is not None:
            raise full
        known = {uid: receipt.email_id for (uid, _), receipt in zip(mail, receipts, strict=True)}
        with self.database.unit_of_work() as session:
            if not folders.note_known(session, cursor.folder_id, cursor.uidvalidity, known):
                raise MailServerUnavailable(f"{cursor.name} was renumbered meanwhile; it is read anew")
        return sum(receipt.outcome is Outcome.STORED for receipt in receipts)

    def go_on(self, cursor: FolderCursor, uid: int) -> FolderCursor:
        """Write down that everything up to a UID is known; return where reading goes on.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        with self.database.unit_of_work() as session:
            folders.move_cursor(session, cursor.folder_id, cursor.uidvalidity, uid)
        return cursor.moved_to(uid)
