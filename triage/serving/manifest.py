"""A bundle on disk: a folder whose manifest says what the model is, and vouches for every other file.

    manifest.json       this module reads and writes it
    model-card.md       what the model is for, and what it cannot do
    saved_model.pb …    a TensorFlow SavedModel: strings in, probabilities out

That of a bundle that recognises images is in `image_manifest`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import InvalidBundle
from triage.labels import Language, Sentiment, Urgency
from triage.serving.bundle_files import (
    CARD,
    MANIFEST,
    Fingerprint,
    fingerprint,
    manifest_fields,
    not_ours,
    require_whole,
    write_fields,
)

__all__ = [
    "CARD",
    "DEFAULT_BUNDLE",
    "FORMAT",
    "MANIFEST",
    "Fingerprint",
    "Manifest",
    "fingerprint",
    "manifest_in",
    "manifest_of",
    "read_manifest",
    "require_ours",
    "version_in_use",
    "write_manifest",
]

FORMAT = 2
DEFAULT_BUNDLE = Path(__file__).parent / "default_bundle"

# Heads whose labels the product itself knows; the topics are the bundle's own, since a mailbox may have others.
_FIXED_LABELS: Mapping[str, tuple[str, ...]] = {
    "sentiment": tuple(Sentiment),
    "urgency": tuple(Urgency),
    "action_required": ("no", "yes"),
    "language": tuple(Language),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself.

    Attributes:
        version: Name of the model, made from what it learned from and how; readings carry it.
        labels: Head to its labels, in the order of the model's columns.
        temperatures: Head to the divisor of its logits, already applied by the model.
        figures: Figures of merit, each with its split, number of mails and seed.
        config: The `RunConfig` of the run.
        corpus_digest: sha256 of the mails and labels it learned from.
        thresholds: Head to language to the confidence below which a reading is unsure and the deep stage is asked;
            empty where the bundle has no deep stage.
        files: Path within the bundle to sha256, for every file but the manifest.
    """

    version: str
    labels: Mapping[str, tuple[str, ...]]
    temperatures: Mapping[str, float]
    figures: Mapping[str, Any]
    config: Mapping[str, Any]
    corpus_digest: str
    tensorflow: str
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


def write_manifest(bundle: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder whose other files are complete; their digests are taken now."""
    write_fields(bundle, asdict(manifest))


def read_manifest(bundle: Path) -> Manifest:
    """Read a bundle's manifest and check the folder against it.

    Raises:
        InvalidBundle: The manifest is missing or unreadable, the format or labels are not ours, or a file is missing,
            foreign or altered.
    """
    manifest = manifest_in(bundle)
    require_ours(manifest, f"bundle {bundle}")
    require_whole(bundle, manifest.files)
    return manifest


def manifest_in(bundle: Path) -> Manifest:
    """Read a bundle's manifest and check nothing: neither the folder against it, nor whether this release can use it.

    Raises:
        InvalidBundle: The manifest is missing or unreadable.
    """
    return manifest_of(manifest_fields(bundle), f"bundle {bundle}")


def manifest_of(fields: Any, bundle: str) -> Manifest:
    """Return the manifest that was read from JSON; `bundle` is how an error names what it is of.

    Raises:
        InvalidBundle: It is not one of ours, or of a bundle that recognises images.
    """
    if isinstance(fields, dict) and fields.get("kind") == "image":
        raise InvalidBundle(f"{bundle} recognises images and reads no mail; name one that `triage train` wrote")
    try:
        labels = {head: tuple(map(str, names)) for head, names in fields["labels"].items()}
        manifest = Manifest(**{**fields, "labels": labels})
        manifest.files.keys()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise not_ours(bundle) from error
    return manifest


def require_ours(manifest: Manifest, bundle: str) -> None:
    """Return when this release can read with such a bundle; `bundle` is how an error names it.

    Raises:
        InvalidBundle: The format or labels are not ours.
    """
    if manifest.format != FORMAT:
        raise InvalidBundle(
            f"{bundle} has format {manifest.format} and we read {FORMAT}; train it again with this release"
        )
    for head, names in _FIXED_LABELS.items():
        if tuple(manifest.labels.get(head, ())) != names:
            raise InvalidBundle(f"{bundle} has other {head} labels than this release; train it again")
    if not manifest.labels.get("topic"):
        raise InvalidBundle(f"{bundle} names no topics; train it again")


def version_in_use(manifest: Manifest, *, deep: bool) -> str:
    """Return the version that readings carry. Equal versions give equal readings, so one without its stage is another.

    Args:
        manifest: That of the bundle.
        deep: The deep stage is asked, if there is one.
    """
    return f"{manifest.version}-fast" if manifest.thresholds and not deep else manifest.version
