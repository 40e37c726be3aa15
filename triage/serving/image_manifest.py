"""What a bundle that recognises images says of itself; its files are laid out as those of a text bundle.

saved_model.pb …    a TensorFlow SavedModel: pixels in, probabilities out
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import InvalidBundle
from triage.images.fit import FITS, Fit
from triage.serving.bundle_files import manifest_fields, not_ours, require_whole, write_fields

FORMAT = 1
KIND = "image"
DEFAULT_IMAGE_BUNDLE = Path(__file__).parent / "image_bundle"
LEARNED = "learned"  # the figure that says which images it learned from, by the beginnings of their digests
_SIDES = range(8, 1025)


@dataclass(frozen=True, slots=True)
class ImageManifest:
    """What an image bundle says of itself.

    Attributes:
        version: Name of the model; equal versions give equal findings.
        classes: Names it can answer, in the order of the model's columns.
        side: Pixels of the square it looks at.
        fit: How an image becomes that square.
        temperature: Divisor of its logits, already applied by the model.
        figures: Figures of merit, each with its split, number of images and seed.
        config: The configuration of the run.
        data_digest: sha256 of the images and classes it learned from.
        backbone: What it was trained on top of; empty when from scratch.
        files: Path within the bundle to sha256, for every file but the manifest.
    """

    version: str
    classes: tuple[str, ...]
    side: int
    fit: Fit
    temperature: float
    figures: Mapping[str, Any]
    config: Mapping[str, Any]
    data_digest: str
    tensorflow: str
    backbone: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT
    kind: str = KIND


def write_image_manifest(bundle: Path, manifest: ImageManifest) -> None:
    """Write the manifest of a folder whose other files are complete; their digests are taken now."""
    write_fields(bundle, asdict(manifest))


def read_image_manifest(bundle: Path) -> ImageManifest:
    """Read a bundle's manifest and check the folder against it.

    Raises:
        InvalidBundle: The manifest is missing or unreadable, it is of a text bundle, the format is not ours, or a file
            is missing, foreign or altered.
    """
    manifest = image_manifest_of(manifest_fields(bundle), f"bundle {bundle}")
    require_whole(bundle, manifest.files)
    return manifest


def image_manifest_of(fields: Any, bundle: str) -> ImageManifest:
    """Return the manifest that was read from JSON, when this release can use it; an error names what it is of `bundle`.

    Raises:
        InvalidBundle: It is of a text bundle, of another format, or not one of ours.
    """
    if not isinstance(fields, dict):
        raise not_ours(bundle)
    if "kind" not in fields and "labels" in fields:
        raise InvalidBundle(f"{bundle} reads mail and recognises no images; name one that `triage images train` wrote")
    if fields.get("kind") != KIND:
        raise not_ours(bundle)
    if fields.get("format") != FORMAT:
        raise InvalidBundle(
            f"{bundle} has format {fields.get('format')} and we read image format {FORMAT}; train it again with this"
            " release"
        )
    try:
        manifest = ImageManifest(**{**fields, "classes": tuple(fields["classes"])})
    except (TypeError, KeyError) as error:
        raise not_ours(bundle) from error
    # JSON has its own mind about types.
    if not _is_sound(manifest):
        raise not_ours(bundle)
    return manifest


def _is_sound(manifest: Any) -> bool:
    classes = manifest.classes
    return (
        all(isinstance(name, str) and name for name in (manifest.version, *classes))
        and len(set(classes)) == len(classes) > 0
        and isinstance(manifest.side, int)
        and manifest.side in _SIDES
        and manifest.fit in FITS
        and isinstance(manifest.temperature, int | float)
        and math.isfinite(manifest.temperature)
        and manifest.temperature > 0
        and isinstance(manifest.files, dict)
    )
