"""Image bundles that are whole and hold no model: TensorFlow could not load them, all else takes them for one."""

from pathlib import Path

from triage.serving.cascade_manifest import CascadeManifest, write_cascade_manifest
from triage.serving.image_manifest import ImageManifest, write_image_manifest

CLASSES = ("dark", "light")


def write_hollow_bundle(folder: Path, version: str, *, weights: str = "", figures: dict | None = None) -> Path:
    """Write the bundle of a version into a folder."""
    (folder / "variables").mkdir(parents=True, exist_ok=True)
    (folder / "variables" / "weights").write_text(weights or version)
    told = {"side": 16, "fit": "pad", "temperature": 1.0, "config": {}, "data_digest": "0", "tensorflow": "2"}
    write_image_manifest(folder, ImageManifest(version, CLASSES, figures=figures or {}, **told))
    return folder


def write_hollow_cascade(folder: Path, version: str) -> Path:
    """Write a cascade of two bundles into a folder."""
    for part in ("gate", "fine"):
        write_hollow_bundle(folder / part, part)
    told = {"side": 16, "fit": "pad", "threshold": 0.5, "loss": 0.0, "figures": {"accuracy": 0.75}, "manifests": {}}
    write_cascade_manifest(folder, CascadeManifest(version, CLASSES, **told))
    return folder
