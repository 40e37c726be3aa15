"""Asks the process that computes what a candidate is worth, on images that nothing learned from."""

import json
import signal
import subprocess
import tempfile
from pathlib import Path

import typer

from triage.api.services import Services
from triage.cli.training import as_path, training_command
from triage.images.decision import Judged, judged_from
from triage.registry import unpacked
from triage.registry.archive import unpack
from triage.registry.cache import OF_IMAGES
from triage.registry.image_versions import Packed
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE


def judged(services: Services, packed: Packed, active: str | None, source: Path) -> Judged:
    """Return what a candidate is worth beside the active version; what is judged is the archive, not its folder.

    Raises:
        InvalidBundle: The active version is not what was installed.
        ModelUnavailable: It is not kept, the disk has no room, or TensorFlow is not installed.
        typer.Exit: The process that computes failed, and has said why.
    """
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        candidate = Path(folder, packed.version)
        unpack(packed.archive, candidate)
        told = [f"--candidate={candidate}"]
        beside = _bundle_of(services, active)
        if beside is not None:
            told.append(f"--active={beside}")
        return _asked(["images-gate", *told, as_path(source)])


def _bundle_of(services: Services, active: str | None) -> Path | None:
    """Return the folder of the active version; `None` where that is the shipped bundle and it is not here."""
    settings = services.settings
    if active is not None:
        return unpacked(services.database, active, settings.image_models_dir, OF_IMAGES)
    shipped = settings.image_bundle or DEFAULT_IMAGE_BUNDLE
    return shipped if shipped.is_dir() else None


def _asked(arguments: list[str]) -> Judged:
    with subprocess.Popen(training_command(arguments), stdout=subprocess.PIPE, text=True) as process:
        # Ctrl-C reaches both; the one that computes has the last word.
        usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            said, _ = process.communicate()
        finally:
            signal.signal(signal.SIGINT, usual)
    if process.returncode:
        raise typer.Exit(process.returncode if process.returncode > 0 else 1)
    return judged_from(json.loads(said))
