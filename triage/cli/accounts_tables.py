"""How accounts look on a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from triage.cli.inbox import printable
from triage.cli.tables import plain_table
from triage.imap.account import ImapAccount
from triage.imap.inspection import FolderSeen
from triage.imap.state import AccountStatus, State
from triage.ranking import duration_in_words

STYLE = {State.OK: "green", State.WAITING: "yellow"}


def accounts_table(found: Sequence[tuple[ImapAccount, AccountStatus]], now: datetime) -> Table:
    """Return one row for each account."""
    table = plain_table()
    table.add_column("NAME", no_wrap=True)
    table.add_column("MAILBOX", no_wrap=True)
    table.add_column("SERVER", overflow="ellipsis", no_wrap=True, max_width=30)
    table.add_column("FOLDERS", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("STATE", ratio=1, overflow="fold")
    for account, status in found:
        table.add_row(
            Text(printable(account.name)),
            Text(printable(status.mailbox)),
            Text(printable(account.host)),
            Text(printable(", ".join(account.folders))),
            Text(printable(state_in_words(status, now)), STYLE.get(status.state, "bold red")),
        )
    return table


def state_in_words(status: AccountStatus, now: datetime) -> str:
    """Return how it goes with an account, as one says it."""
    polled = "never polled to the end"
    if status.since_poll is not None:
        polled = f"polled {ago(status.since_poll.total_seconds())}"
    if status.state is State.OK:
        return polled
    if status.state is State.WAITING:
        return f"at work; {polled}"
    if status.state is State.NOT_POLLED:
        return f"{polled}: {status.problem}"
    since = ""
    if status.problem_since is not None:
        since = f" for {duration_in_words(max((now - status.problem_since).total_seconds(), 60))}"
    said = "consent is gone" if status.state is State.CONSENT_GONE else "fails"
    return f"{said}{since}: {status.problem}"


def ago(seconds: float) -> str:
    """Return how long ago, in words."""
    return f"{seconds:.0f} s ago" if seconds < 60 else f"{duration_in_words(seconds)} ago"


def folders_table(folders: Sequence[FolderSeen]) -> Table:
    """Return one row for each folder that the server has."""
    table = plain_table()
    table.add_column("FOLDER", overflow="fold")
    table.add_column("MESSAGES", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for folder in folders:
        count = "" if folder.messages is None else f"{folder.messages:,}"
        table.add_row(Text(printable(folder.name)), count, Text("is read", "green") if folder.is_read else "")
    return table
