"""A look at what a mail server has for us, as a test of an account: hands off, like every look."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage.errors import CommandRefused, FolderNotFound
from triage.imap.account import ImapAccount
from triage.imap.connection import MailServer
from triage.imap.login import Shown, log_in

# Each takes a moment; whoever has more knows that the account works.
MOST_COUNTED = 100
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """A folder that is there.

    Attributes:
        messages: How many are in it; `None` where that was not asked, or the server would not say.
        is_read: Whether the account reads it.
    """

    name: str
    messages: int | None
    is_read: bool


def inspect(account: ImapAccount, shown: Shown) -> list[FolderSeen]:
    """Log in and look into each folder; those that the account reads come first, in its order.

    Raises:
        LoginRefused: The server does not let us in.
        FolderNotFound: A folder that is to be read is not there; the sentence names some that are.
        MailServerUnavailable: It cannot be reached, or breaks off.
    """
    server = log_in(account, shown)
    try:
        there = server.folders()
        read = [_there(folder, there, account.host) for folder in account.folders]
        others = [name for name in there if name not in read]
        seen = [FolderSeen(name, server.open(name).messages, is_read=True) for name in read]
        seen += [FolderSeen(name, _count(server, name), is_read=False) for name in others[:MOST_COUNTED]]
        return seen + [FolderSeen(name, None, is_read=False) for name in others[MOST_COUNTED:]]
    finally:
        server.close()


def _there(folder: str, there: Sequence[str], host: str) -> str:
    """Return a folder as the server names it: INBOX alone is the same in any case."""
    for name in there:
        if name == folder or name.upper() == folder.upper() == "INBOX":
            return name
    some = ", ".join(there[:MOST_NAMED]) + (f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else "")
    raise FolderNotFound(f"{host} has no folder {folder}; it has {some}")


def _count(server: MailServer, name: str) -> int | None:
    try:
        return server.open(name).messages
    except (FolderNotFound, CommandRefused):
        return None
