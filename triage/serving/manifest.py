"""A bundle on disk: a folder whose manifest says what the model is, and vouches for every other file.

    manifest.json       this module reads and writes it
    model-card.md       what the model is for, and what it cannot do
    saved_model.pb …    a TensorFlow SavedModel: strings in, probabilities out

A bundle is checked before TensorFlow sees it: a SavedModel is a program, and an altered one must not run.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import InvalidBundle
from triage.labels import Language, Sentiment, Urgency

FORMAT = 2
MANIFEST = "manifest.json"
CARD = "model-card.md"
DEFAULT_BUNDLE = Path(__file__).parent / "default_bundle"

# Of each file its name, inode, size and time of change.
Fingerprint = tuple[tuple[str, int, int, int], ...]

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
    fields = asdict(manifest) | {"files": _digests(bundle)}
    (bundle / MANIFEST).write_text(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_manifest(bundle: Path) -> Manifest:
    """Read a bundle's manifest and check the folder against it.

    Raises:
        InvalidBundle: The manifest is missing or unreadable, the format or labels are not ours, or a file is missing,
            foreign or altered.
    """
    manifest = manifest_in(bundle)
    require_ours(manifest, f"bundle {bundle}")
    try:
        found = _digests(bundle)
    except OSError as error:
        raise InvalidBundle(f"bundle {bundle} cannot be read ({error.strerror}); is it being replaced?") from error
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise InvalidBundle(
                f"file {name} of bundle {bundle} is missing, foreign or altered; install the bundle again"
            )
    return manifest


def fingerprint(bundle: Path) -> Fingerprint:
    """Return what differs after a bundle was replaced or altered; it looks at no file's content, so it costs little.

    Empty where there is no folder.
    """
    told = []
    # A folder or file that vanishes under our eyes is being replaced, and its successor has another fingerprint.
    for folder, _, names in os.walk(bundle):
        for name in names:
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                status = path.stat()
                told.append((path.relative_to(bundle).as_posix(), status.st_ino, status.st_size, status.st_ctime_ns))
    return tuple(sorted(told))


def manifest_in(bundle: Path) -> Manifest:
    """Read a bundle's manifest and check nothing: neither the folder against it, nor whether this release can use it.

    Raises:
        InvalidBundle: The manifest is missing or unreadable.
    """
    try:
        fields = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidBundle(f"bundle {bundle} has no readable {MANIFEST}; name a folder that training wrote") from error
    except ValueError as error:
        raise _not_ours(f"bundle {bundle}") from error
    return manifest_of(fields, f"bundle {bundle}")


def manifest_of(fields: Any, bundle: str) -> Manifest:
    """Return the manifest that was read from JSON; `bundle` is how an error names what it is of.

    Raises:
        InvalidBundle: It is not one of ours.
    """
    try:
        labels = {head: tuple(map(str, names)) for head, names in fields["labels"].items()}
        manifest = Manifest(**{**fields, "labels": labels})
        manifest.files.keys()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _not_ours(bundle) from error
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


def _not_ours(bundle: str) -> InvalidBundle:
    return InvalidBundle(f"the {MANIFEST} of {bundle} is not one of ours; install the bundle again")


def _digests(bundle: Path) -> dict[str, str]:
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(bundle).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
