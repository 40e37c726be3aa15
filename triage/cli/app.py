"""All commands by name."""

from typing import Annotated

import typer

from triage import __version__
from triage.cli import (
    accounts,
    correspondent,
    doctor,
    failed,
    handle,
    images,
    inbox,
    incidents,
    ingest,
    label_next,
    labels,
    models,
    policy,
    poll,
    predict,
    processes,
    retention,
    topics,
    training,
    trainings,
    up,
)

app = typer.Typer(
    name="triage",
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


app.command("up")(up.up)
app.command("serve")(processes.serve)
app.command("worker")(processes.worker)
app.command("beat")(processes.beat)
app.command("poll")(poll.poll)
app.command("migrate")(processes.migrate)
app.command("ingest")(ingest.ingest)
app.command("inbox")(inbox.inbox)
app.command("show")(inbox.show)
app.command("done")(handle.done)
app.command("reopen")(handle.reopen)
app.command("snooze")(handle.snooze)
app.command("delete")(handle.delete)
app.command("label")(labels.label)
app.command("label-next")(label_next.label_next)
app.command("predict")(predict.predict)
app.command("train", cls=training.ManyExamples)(training.train)
app.command("evaluate")(training.evaluate)
app.command("doctor")(doctor.doctor)
app.add_typer(labels.app, name="labels")
app.add_typer(topics.app, name="topics")
app.add_typer(policy.app, name="policy")
app.add_typer(models.app, name="models")
app.add_typer(trainings.app, name="trainings")
app.add_typer(incidents.app, name="incidents")
app.add_typer(failed.app, name="failed")
app.add_typer(images.app, name="images")
app.add_typer(accounts.app, name="accounts")
app.add_typer(retention.app, name="retention")
app.add_typer(correspondent.app, name="correspondent")
