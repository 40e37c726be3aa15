"""Mail put straight into a Maildir, as a delivery agent does: Dovecot sees it when it next looks."""

import os
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from pathlib import Path

from imapclient.imap_utf7 import encode

_NUMBERS = count(1)
_LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


class Maildir:
    """The Maildir++ of one user.

    Args:
        root: Its INBOX.
        owner: User and group id that its server runs as.
    """

    def __init__(self, root: Path, owner: tuple[int, int]) -> None:
        self._root, self._owner = root, owner
        self.make_folder("INBOX")

    def make_folder(self, folder: str) -> Path:
        """Make a folder, where there is none of that name yet, and return where it lies."""
        made = self.path(folder)
        if not (made / "new").is_dir():
            for part in (made, made / "tmp", made / "cur", made / "new"):
                part.mkdir(mode=0o700, exist_ok=True)
                os.chown(part, *self._owner)
        return made

    def path(self, folder: str) -> Path:
        """Return where a folder lies; the names of folders inside folders are joined by `/`."""
        if folder == "INBOX":
            return self._root
        return self._root / f".{encode(folder).decode().replace('/', '.')}"

    def deliver(self, raw: bytes, folder: str, internal_date: datetime | None, flags: Iterable[str]) -> None:
        """Put a message into a folder, all at once; mail delivered later has the higher UID."""
        lies = self.make_folder(folder)
        # Dovecot numbers new files by their names, so none may be of the same length and lower.
        name = f"1000000000.M{next(_NUMBERS):09}P{os.getpid()}.test,S={len(raw)}"
        letters = "".join(sorted(_LETTERS[flag] for flag in flags))
        written = lies / "tmp" / name
        written.write_bytes(raw)
        os.chown(written, *self._owner)
        if internal_date is not None:
            os.utime(written, (internal_date.timestamp(),) * 2)
        written.rename(lies / "cur" / f"{name}:2,{letters}" if letters else lies / "new" / name)

    def forget_numbers(self, folder: str) -> None:
        """Delete all that a server, which must not run meanwhile, noted of a folder, but not its mail."""
        for noted in (*self.path(folder).glob("dovecot.index*"), *self.path(folder).glob("dovecot-uidlist*")):
            noted.unlink()
