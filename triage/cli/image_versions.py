"""`triage images install`, `versions`, `activate` and `rollback`: which version an instance recognises images with."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.api.image_model_schemas import image_model_list, image_version_named
from triage.api.services import Services
from triage.cli.image_gate import judged
from triage.cli.image_tables import activations_table, image_versions_table
from triage.cli.inbox import printable
from triage.cli.instance import services_of
from triage.cli.labels import AuthorOption
from triage.cli.options import DataOption, JsonOption
from triage.errors import ModelUnfit
from triage.images.decision import decide
from triage.registry import image_versions
from triage.registry.image_versions import Packed

REASON = typer.Option(metavar="TEXT", help="Why, for the list.")


def install(
    bundle: Annotated[Path, typer.Argument(metavar="DIR", help="A bundle or a cascade, as `triage images` writes it.")],
    author: AuthorOption,
    images: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Labelled images to judge it by; those that were learned from do not count."
        ),
    ] = None,
    at_least: Annotated[
        float, typer.Option(min=0.0, max=1.0, metavar="A", help="Accuracy asked of one with other classes.")
    ] = 0.8,
    force: Annotated[bool, typer.Option("--force", help="Activate it without judging it; the list says so.")] = False,
    reason: Annotated[str, REASON] = "",
    data: DataOption = None,
) -> None:
    """Judge a bundle against the active version and, if it is better, recognise images with it from now on."""
    if force and images is not None:
        raise typer.BadParameter("--force judges nothing; leave out --images, or --force")
    services, now = services_of(data), datetime.now(UTC)
    packed = image_versions.packed_recognizer(bundle)
    with services.database.reading() as session:
        active = image_versions.active_version(session)
    why = "" if packed.version == active else _why(services, packed, active, images, at_least, force=force)
    told = "; ".join(filter(None, [why, reason]))
    with services.database.unit_of_work() as session:
        is_new = image_versions.install(session, packed, instead_of=active, author=author, reason=told, now=now)
    typer.echo(
        f"images are now recognised with {packed.version}: {told}"
        if is_new
        else f"images are already recognised with {packed.version}"
    )


def versions(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the versions, with what they are worth, and who made which one active, when and why."""
    found = image_model_list(services_of(data))
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(image_versions_table(found.items))
    if found.activations:
        console.print()
        console.print(activations_table(found.activations))


def activate(
    version: Annotated[
        str,
        typer.Argument(metavar="V", help="A version, from `triage images versions`; `shipped` is the bundle we ship."),
    ],
    author: AuthorOption,
    reason: Annotated[str, REASON] = "",
    data: DataOption = None,
) -> None:
    """Recognise images with a version from now on; images that have a finding keep it."""
    services, now = services_of(data), datetime.now(UTC)
    wanted = image_version_named(services, version)
    with services.database.unit_of_work() as session:
        is_new = image_versions.activate(session, wanted, author=author, reason=reason, now=now)
    typer.echo(f"images are {'now' if is_new else 'already'} recognised with {_active(services)}")


def rollback(author: AuthorOption, data: DataOption = None) -> None:
    """Return to the version that was active before; a second time, to the one before that."""
    services, now = services_of(data), datetime.now(UTC)
    with services.database.unit_of_work() as session:
        image_versions.roll_back(session, author=author, now=now)
    typer.echo(f"images are recognised with {_active(services)} again")


def _why(
    services: Services, packed: Packed, active: str | None, images: Path | None, at_least: float, *, force: bool
) -> str:
    """Return why a candidate is activated.

    Raises:
        ModelUnfit: It is not.
    """
    if force:
        return "forced, not judged"
    if images is None:
        raise ModelUnfit(
            f"{packed.version} is judged before it is activated; name a folder of labelled images with --images,"
            " or say --force"
        )
    decision = decide(judged(services, packed, active, images), at_least=at_least)
    if not decision.activates:
        raise ModelUnfit(decision.reason)
    return decision.reason


def _active(services: Services) -> str:
    return printable(image_model_list(services).active)
