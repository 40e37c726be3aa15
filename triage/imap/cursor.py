"""Where reading a folder left off, and how it resumes.

A UID names a message only together with the folder's UIDVALIDITY (RFC 9051 §2.3.1.1). When the server announces a new
one, every UID we remember is void: the folder is read again from its beginning, and the digest of its bytes keeps a
message that we hold from being stored twice.
"""

from dataclasses import dataclass, replace

UNREAD = 0


@dataclass(frozen=True, slots=True)
class FolderCursor:
    """How far a folder is read.

    Attributes:
        first_uid: From here on every message is wanted; before it those only that the account's `since` asks for.
        last_uid: Up to here every message that is wanted is known, or was passed over and is left to verifying.
    """

    folder_id: int
    name: str
    uidvalidity: int
    first_uid: int
    last_uid: int

    def moved_to(self, uid: int) -> "FolderCursor":
        """Return where reading goes on after a message; never back."""
        return replace(self, last_uid=max(self.last_uid, uid))


def start(*, is_everything_wanted: bool, next_uid: int) -> tuple[int, int]:
    """Return first and last UID for a folder that nothing is known of, whose next message will have `next_uid`."""
    return (1, UNREAD) if is_everything_wanted else (next_uid, next_uid - 1)
