"""Reading what is new in a folder: ids first, bodies only of what is new, oldest first.

The cursor moves after the messages up to it are stored, and never beyond the highest UID that was listed. So whoever is
stopped anywhere reads some of them again, and none is missed.
"""

from collections.abc import Iterator

from triage.imap.door import Door
from triage.imap.fetch import batches
from triage.imap.server import MailServer
from triage.imap.stumbles import Stumbles


def new_mail(server: MailServer, folder: str, door: Door, stumbles: Stumbles) -> Iterator[int]:
    """Take in what is new in a folder, batch by batch; yield how many emails of each were new to the mailbox.

    Yields 0 after each search as well, however little it found. Stop it at any batch and begin anew.

    Raises:
        FolderNotFound: The server has no such folder.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        TooMuchWaits: The queue takes no more.
        StorageUnavailable: The database does not answer.
    """
    state = server.open(folder)
    cursor = door.cursor(folder, state)
    stumbles.begin(cursor.uidvalidity)
    for uids in server.uid_ranges(cursor.last_uid + 1, state.uid_next - 1):
        for mail in batches(server, uids, stumbles):
            stored = door.take(cursor, mail)
            if mail:
                cursor = door.go_on(cursor, mail[-1][0])
            yield stored
        if uids:
            cursor = door.go_on(cursor, uids[-1])
        yield 0
