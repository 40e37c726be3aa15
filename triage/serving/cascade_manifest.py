"""What two image bundles in a row say of themselves, in a folder of their own.

manifest.json   the threshold, and what the two are worth together
gate/  fine/    image bundles
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import InvalidBundle
from triage.images.fit import Fit
from triage.serving.bundle_files import MANIFEST, manifest_fields, not_ours, require_whole, write_fields

FORMAT = 1
KIND = "image-cascade"
GATE, FINE = "gate", "fine"


@dataclass(frozen=True, slots=True)
class CascadeManifest:
    """What a cascade of image bundles says of itself.

    Attributes:
        version: Name of the cascade, made from both models and the threshold.
        classes: Those of the fine model, in the order of its columns.
        side: Pixels of the square that it is given; the larger of both models'.
        fit: How an image becomes that square.
        threshold: Confidence from which the gate's answer stands.
        loss: Share of the accuracy that asking the gate first was allowed to cost.
        figures: What both are worth alone and together, how many the gate answers, and what each costs.
        manifests: sha256 of the manifest of either bundle.
        files: Path within the folder to sha256, for every file but the manifests.
    """

    version: str
    classes: tuple[str, ...]
    side: int
    fit: Fit
    threshold: float
    loss: float
    figures: Mapping[str, Any]
    manifests: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT
    kind: str = KIND


def write_cascade_manifest(bundle: Path, manifest: CascadeManifest) -> None:
    """Write the manifest of a folder that holds both bundles; their digests are taken now."""
    write_fields(bundle, asdict(manifest) | {"manifests": _of_manifests(bundle)})


def read_cascade_manifest(bundle: Path) -> CascadeManifest:
    """Read a cascade's manifest and check the folder against it.

    Raises:
        InvalidBundle: It is of another format, or a file is missing, foreign or altered.
    """
    manifest = cascade_manifest_of(manifest_fields(bundle), f"bundle {bundle}")
    require_whole(bundle, manifest.files)
    if _of_manifests(bundle) != manifest.manifests:
        raise InvalidBundle(f"the bundles in {bundle} are others than it was made of; make the cascade again")
    return manifest


def cascade_manifest_of(fields: Any, bundle: str) -> CascadeManifest:
    """Return the manifest that was read from JSON, when this release can use it; an error names what it is of `bundle`.

    Raises:
        InvalidBundle: It is of another format, or not one of ours.
    """
    try:
        manifest = CascadeManifest(**{**fields, "classes": tuple(map(str, fields["classes"]))})
        is_sound = manifest.kind == KIND and manifest.format == FORMAT and math.isfinite(manifest.threshold)
    except (TypeError, KeyError) as error:
        raise not_ours(bundle) from error
    if not is_sound:
        raise not_ours(bundle)
    return manifest


def _of_manifests(bundle: Path) -> dict[str, str]:
    paths = {name: bundle / name / MANIFEST for name in (GATE, FINE)}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items() if path.is_file()}
