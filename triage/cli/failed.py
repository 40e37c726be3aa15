"""`triage failed`: emails and images that could not be read, and what to do with them."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from triage.api.failed_schemas import FailedGroupItem, failed_listing
from triage.api.image_schemas import ImageItem
from triage.api.schemas import EmailItem
from triage.api.services import Services
from triage.cli.export import write_new
from triage.cli.failed_tables import emails_table, groups_table, images_table
from triage.cli.inbox import show
from triage.cli.instance import services_of
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.errors import PermanentError
from triage.storage import emails
from triage.storage.failures import FailedFilter, SetAside, failed_ids

app = typer.Typer(
    help="Emails and images that could not be read: list, show, retry, export, discard.", no_args_is_help=True
)

# 100,000 take half an hour, and a burst of new mail never stands behind more than `failures.ROOM` of them.
PER_SECOND = 50
BATCH = 500
MOST_SHOWN = 50


def moment(text: str) -> datetime:
    """Return a time given on the command line; one without a time zone is local."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text} is no time; write 2026-03-02, or '2026-03-02 03:10'") from error


ImagesOption = Annotated[bool, typer.Option("--images", help="Images, not emails; numbers are theirs then.")]
Ids = Annotated[
    list[int] | None, typer.Argument(metavar="[ID…]", min=1, max=2**63 - 1, help="Numbers of the emails, or images.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All that were set aside.")]
StageOption = Annotated[str | None, typer.Option(metavar="S", help="Only what failed at this stage.")]
ErrorOption = Annotated[str | None, typer.Option(metavar="TEXT", help="Only what has this text in its cause.")]
SinceOption = Annotated[
    datetime | None, typer.Option(metavar="TIME", parser=moment, help="Only what was set aside at this time or later.")
]
UntilOption = Annotated[
    datetime | None, typer.Option(metavar="TIME", parser=moment, help="Only what was set aside before this time.")
]


@app.command("list")
def list_failed(
    of_images: ImagesOption = False,
    mailbox: MailboxOption = None,
    stage: StageOption = None,
    error: ErrorOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[
        int | None,
        typer.Option(min=0, max=10_000, metavar="N", help="List the first N emails, not a few of each cause."),
    ] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List what was set aside: how many by cause, and below a few of the emails."""
    services = services_of(data)
    wanted = FailedFilter(mailbox=mailbox, stage=stage, error=error, since=since, until=until, of=_of(of_images))
    policy, now = services.policy, datetime.now(UTC)
    with services.database.reading() as session:
        page = failed_listing(session, wanted, policy, now, limit=MOST_SHOWN if limit is None else limit)
        if as_json:
            typer.echo(json.dumps(page.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2))
            return
        items, groups, count = page.items, page.groups or [], page.count or 0
        if limit is None:
            few = FailedFilter(ids=[one for group in groups for one in group.ids], of=wanted.of)
            items = failed_listing(session, few, policy, now, limit=MOST_SHOWN).items
    if not count:
        typer.echo(
            "nothing was set aside" if wanted == FailedFilter(of=wanted.of) else "nothing of this kind was set aside"
        )
        return
    console = Console(highlight=False)
    console.print(groups_table(groups, now, wanted.of))
    if items:
        console.print()
        console.print(_items_table(items, groups, now))
    if len(items) < count:
        more = f"{len(items):,} of {count:,} {wanted.of} are listed; `--limit N` lists more"
        console.print(more, style="dim", soft_wrap=True)


app.command("show")(show)


@app.command()
def retry(
    email_ids: Ids = None,
    everything: AllOption = False,
    of_images: ImagesOption = False,
    mailbox: MailboxOption = None,
    stage: StageOption = None,
    error: ErrorOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Most to try again.")] = None,
    per_second: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="Most a second.")] = PER_SECOND,
    data: DataOption = None,
) -> None:
    """Try again to read what was set aside: by number, all, or what the options let pass.

    Stop it at any time with Ctrl-C: what it did not reach is still set aside, and the same command goes on with it.
    """
    wanted = _wanted(email_ids, everything, FailedFilter(None, mailbox, stage, error, since, until, _of(of_images)))
    services = services_of(data)
    if email_ids:
        again = services.failures.retry(wanted, datetime.now(UTC), limit=limit or len(email_ids))
        typer.echo(f"{len(again):,} tried again")
        _fail_for_others(services, email_ids, again, wanted.of)
        return
    count = services.failures.count(wanted)
    total = count if limit is None else min(limit, count)
    done = 0
    try:
        with _progress() as progress:
            bar = progress.add_task("trying again", total=total)
            for batch in services.failures.retry_in_turn(wanted, per_second=per_second, limit=total):
                done += len(batch)
                doing = "trying again" if batch else "waiting; what is new goes first"
                progress.update(bar, completed=done, description=doing)
    except KeyboardInterrupt:
        # Not how many were tried: the last batch may have been on its way.
        note = f"stopped: {services.failures.count(wanted):,} are still set aside; the same command goes on with them"
        typer.echo(note, err=True)
        raise
    typer.echo(f"{done:,} tried again, {services.failures.count(wanted):,} still set aside")


@app.command()
def export(
    email_ids: Ids = None,
    everything: AllOption = False,
    mailbox: MailboxOption = None,
    stage: StageOption = None,
    error: ErrorOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write to.")] = Path(),
    data: DataOption = None,
) -> None:
    """Write the bytes of emails to files, as they came: by number, all set aside, or what the options let pass.

    A file that holds the same email already is left as it is, so an interrupted export can be repeated.
    """
    wanted = _wanted(email_ids, everything, FailedFilter(None, mailbox, stage, error, since, until))
    services = services_of(data)
    output.mkdir(parents=True, exist_ok=True)
    for email_id in email_ids or _ids_of(services, wanted):
        with services.database.reading() as session:
            message = emails.message_of(session, email_id)
        # The name is ours alone: nothing of the mail gets into a path.
        file = output / f"email-{email_id}.{'json' if message.media_type.endswith('json') else 'eml'}"
        write_new(file, message.raw)
        typer.echo(file)


@app.command()
def discard(
    email_ids: Ids = None,
    everything: AllOption = False,
    of_images: ImagesOption = False,
    mailbox: MailboxOption = None,
    stage: StageOption = None,
    error: ErrorOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Take what was set aside off the inbox and this list: by number, all, or what the options let pass.

    The bytes stay stored.
    """
    wanted = _wanted(email_ids, everything, FailedFilter(None, mailbox, stage, error, since, until, _of(of_images)))
    services, now = services_of(data), datetime.now(UTC)
    if not email_ids and not sure and (count := services.failures.count(wanted)):
        typer.confirm(f"discard {count:,} {wanted.of}?", abort=True, err=True)
    gone: list[int] = []
    while batch := services.failures.discard(wanted, now, after=gone[-1] if gone else 0, limit=BATCH):
        gone += batch
    typer.echo(f"{len(gone):,} discarded")
    _fail_for_others(services, email_ids or [], gone, wanted.of)


def _wanted(email_ids: list[int] | None, everything: bool, narrowed: FailedFilter) -> FailedFilter:
    """Return which emails a command is about.

    Raises:
        BadParameter: It names none, or names some by number and others by options.
    """
    is_narrowed = narrowed != FailedFilter(of=narrowed.of)
    if email_ids and (everything or is_narrowed):
        raise typer.BadParameter("name emails by number or by options, not both")
    if not (email_ids or everything or is_narrowed):
        raise typer.BadParameter(
            "name the emails, or say which by --error, --stage, --mailbox, --since, --until or --all"
        )
    return FailedFilter(ids=email_ids, of=narrowed.of) if email_ids else narrowed


def _ids_of(services: Services, wanted: FailedFilter) -> Iterator[int]:
    after = 0
    while True:
        with services.database.reading() as session:
            page = failed_ids(session, wanted, after=after, limit=BATCH)
        if not page:
            return
        yield from page
        after = page[-1]


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True, highlight=False)
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal)


def _of(of_images: bool) -> SetAside:
    return SetAside.IMAGES if of_images else SetAside.EMAILS


def _items_table(
    items: Sequence[EmailItem] | Sequence[ImageItem], groups: Sequence[FailedGroupItem], now: datetime
) -> Table:
    mails = [item for item in items if isinstance(item, EmailItem)]
    return (
        emails_table(mails, groups, now)
        if mails
        else images_table([item for item in items if isinstance(item, ImageItem)], groups, now)
    )


def _fail_for_others(services: Services, wanted: Sequence[int], done: Sequence[int], of: SetAside) -> None:
    others = services.failures.not_set_aside(wanted, done, of)
    if others:
        named = ", ".join(map(str, others))
        raise PermanentError(f"not set aside: {named}; `triage failed list` shows which are")
