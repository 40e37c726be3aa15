"""All commands by name."""

from typing import Annotated

import typer

from triage import __version__
from triage.cli.lazily import lazily

COMMANDS = {
    "up": "triage.cli.up:up",
    "serve": "triage.cli.processes:serve",
    "worker": "triage.cli.processes:worker",
    "beat": "triage.cli.processes:beat",
    "poll": "triage.cli.poll:poll",
    "migrate": "triage.cli.processes:migrate",
    "copy-database": "triage.cli.copy_database:copy_database",
    "backup": "triage.cli.backup:backup",
    "restore": "triage.cli.backup:restore",
    "ingest": "triage.cli.ingest:ingest",
    "inbox": "triage.cli.inbox:inbox",
    "show": "triage.cli.inbox:show",
    "done": "triage.cli.handle:done",
    "reopen": "triage.cli.handle:reopen",
    "snooze": "triage.cli.handle:snooze",
    "delete": "triage.cli.handle:delete",
    "label": "triage.cli.labels:label",
    "label-next": "triage.cli.label_next:label_next",
    "predict": "triage.cli.predict:predict",
    "train": "triage.cli.training:train_command",
    "evaluate": "triage.cli.training:evaluate",
    "login": "triage.cli.login:login",
    "status": "triage.cli.status:status",
    "doctor": "triage.cli.doctor:doctor",
    "labels": "triage.cli.labels:app",
    "topics": "triage.cli.topics:app",
    "policy": "triage.cli.policy:app",
    "models": "triage.cli.models:app",
    "trainings": "triage.cli.trainings:app",
    "incidents": "triage.cli.incidents:app",
    "failed": "triage.cli.failed:app",
    "images": "triage.cli.images:app",
    "accounts": "triage.cli.accounts:app",
    "keys": "triage.cli.keys:app",
    "webhooks": "triage.cli.webhooks:app",
    "audit": "triage.cli.audit:app",
    "retention": "triage.cli.retention:app",
    "correspondent": "triage.cli.correspondent:app",
}

app = typer.Typer(
    name="triage",
    cls=lazily(COMMANDS),
    help="Reads incoming email and shows the most pressing first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"triage {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
