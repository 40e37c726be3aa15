"""`triage accounts verify` and `backfill`: is all of it here, and get more of what was there before."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from triage.api.services import Services
from triage.cli.failed import moment
from triage.cli.instance import services_of
from triage.cli.options import DataOption, JsonOption
from triage.cli.tables import plain_table
from triage.errors import PermanentError, TransientError, TriageError
from triage.imap.account import ImapAccount
from triage.imap.door import Door
from triage.imap.verification import Verified, verify
from triage.intake.patience import PatientIntake

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class AccountVerified:
    """What verifying an account found.

    Attributes:
        folders: Those that were come to.
        problem: One sentence that says why it went no further; empty when it went to the end.
    """

    account: str
    folders: Sequence[Verified]
    problem: str = ""

    def problems(self) -> list[str]:
        """Return all that could not be compared, a sentence each."""
        return [*(folder.problem for folder in self.folders if folder.problem), *filter(None, [self.problem])]


def verify_accounts(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Name of the account; all unless told.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Compare all that is on the server with all that is here, and fetch what is missing. Nothing is changed there."""
    services = services_of(data)
    accounts = [services.accounts.by_name(name)] if name else services.accounts.all()
    if not accounts:
        typer.echo("there is no account; `triage accounts add` adds one")
        return
    found = [verified(services, account) for account in accounts]
    if as_json:
        folders = [{"account": one.account, **asdict(folder)} for one in found for folder in one.folders]
        typer.echo(json.dumps(folders, ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_table(found))
    require_complete(found)


def backfill(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")],
    since: Annotated[datetime, typer.Option(metavar="TIME", parser=moment, help="Take in what came since then.")],
    data: DataOption = None,
) -> None:
    """Take in older mail of an account that was added with --since."""
    services = services_of(data)
    account = services.accounts.by_name(name)
    if account.since is None:
        typer.echo(f"account {name} takes in all mail already; `triage accounts verify {name}` shows that it has")
        return
    account = services.accounts.take_in_since(name, since)
    found = verified(services, account)
    stored = sum(folder.stored for folder in found.folders)
    typer.echo(f"{stored:,} {'email' if stored == 1 else 'emails'} taken in")
    require_complete([found])


def require_complete(found: Sequence[AccountVerified]) -> None:
    """Return when all was compared and nothing is missing; say before which account or folder was not, and why.

    Raises:
        PermanentError: An account or a folder could not be compared, or something is still missing.
    """
    problems = [f"{one.account}: {problem}" for one in found for problem in one.problems()]
    for problem in problems:
        typer.echo(problem, err=True)
    if left := sum(len(folder.still_missing) for one in found for folder in one.folders):
        raise PermanentError(f"{left:,} messages cannot be fetched; look at them in a mail program by their UIDs")
    if problems:
        raise PermanentError("not all could be compared, see above; mend that and run it again")


def verified(services: Services, account: ImapAccount) -> AccountVerified:
    """Verify one account as far as that is possible, and show meanwhile how many emails were new."""
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(f"comparing {account.name}")

        def tell(count: int) -> None:
            progress.advance(bar, count)
            progress.update(bar, description=f"{account.name}: {progress.tasks[bar].completed:,.0f} emails taken in")

        def wait(error: TransientError | None) -> None:
            if error is not None and not console.is_terminal and not said:
                said.append(error)
                console.print(f"waiting: {error}", markup=False, soft_wrap=True)
            if error is not None:
                progress.update(bar, description=f"{account.name}: waiting: {error}")

        said = list[TransientError]()
        patient = PatientIntake(services.intake, wait)
        door = Door(account, services.database, patient, lambda: datetime.now(UTC))
        folders = list[Verified]()
        try:
            for folder in verify(door, services.accounts.shown(account), on_stored=tell):
                folders.append(folder)
        except TriageError as error:
            return AccountVerified(account.name, folders, str(error))
        return AccountVerified(account.name, folders)


def _table(found: Sequence[AccountVerified]) -> Table:
    table = plain_table()
    for title in ("ACCOUNT", "FOLDER"):
        table.add_column(title)
    for title in ("ON THE SERVER", "MISSING", "TAKEN IN NOW", "STILL MISSING"):
        table.add_column(title, justify="right")
    for account in found:
        for one in account.folders:
            if one.problem:
                continue
            named = ", ".join(map(str, one.still_missing[:MOST_NAMED]))
            more = "" if len(one.still_missing) <= MOST_NAMED else ", …"
            left = f"{len(one.still_missing):,} (UID {named}{more})" if one.still_missing else "none"
            missing = f"{len(one.was_missing):,}" if one.was_missing else "none"
            table.add_row(account.account, one.folder, f"{one.messages:,}", missing, f"{one.stored:,}", left)
    return table
