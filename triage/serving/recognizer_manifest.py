"""What recognises images says of itself: one bundle, or a cascade of two; the `kind` of its manifest says which."""

from pathlib import Path
from typing import Any

from triage.serving.bundle_files import MANIFEST, manifest_fields
from triage.serving.cascade_manifest import (
    FINE,
    GATE,
    CascadeManifest,
    cascade_manifest_of,
    read_cascade_manifest,
)
from triage.serving.cascade_manifest import KIND as CASCADE
from triage.serving.image_manifest import ImageManifest, image_manifest_of, read_image_manifest

RecognizerManifest = ImageManifest | CascadeManifest


def read_recognizer_manifest(bundle: Path) -> RecognizerManifest:
    """Read the manifest of a bundle or a cascade and check the folder against it, both parts of a cascade included.

    Raises:
        InvalidBundle: It is neither, or of another format, or a file is missing, foreign or altered.
    """
    if not _is_cascade(manifest_fields(bundle)):
        return read_image_manifest(bundle)
    manifest = read_cascade_manifest(bundle)
    for part in (GATE, FINE):
        read_image_manifest(bundle / part)
    return manifest


def recognizer_manifest_in(bundle: Path) -> RecognizerManifest:
    """Read the manifest of a bundle or a cascade without checking the folder against it.

    Raises:
        InvalidBundle: It is missing, of neither, or of another format.
    """
    return recognizer_manifest_of(manifest_fields(bundle), f"bundle {bundle}")


def recognizer_manifest_of(fields: Any, bundle: str) -> RecognizerManifest:
    """Return the manifest that was read from JSON, when this release can use it; an error names what it is of `bundle`.

    Raises:
        InvalidBundle: It is of neither, or of another format.
    """
    return cascade_manifest_of(fields, bundle) if _is_cascade(fields) else image_manifest_of(fields, bundle)


def contents_of(manifest: RecognizerManifest) -> dict[str, str]:
    """Return path within the bundle to sha256, for every file but its own manifest."""
    files = dict(manifest.files)
    if isinstance(manifest, CascadeManifest):
        files |= {f"{part}/{MANIFEST}": digest for part, digest in manifest.manifests.items()}
    return files


def parts_of(bundle: Path) -> list[ImageManifest]:
    """Return the manifests of the models in a folder: one, or both of a cascade.

    Raises:
        InvalidBundle: As `read_recognizer_manifest`.
    """
    if not _is_cascade(manifest_fields(bundle)):
        return [read_image_manifest(bundle)]
    return [read_image_manifest(bundle / part) for part in (GATE, FINE)]


def _is_cascade(fields: Any) -> bool:
    return isinstance(fields, dict) and fields.get("kind") == CASCADE
