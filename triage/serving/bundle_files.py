"""The files of a bundle, and the digests by which its manifest vouches for them.

A bundle is checked before TensorFlow sees it: a SavedModel is a program, and an altered one must not run.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from triage.errors import InvalidBundle

MANIFEST = "manifest.json"
CARD = "model-card.md"

# Of each file its name, inode, size and time of change.
Fingerprint = tuple[tuple[str, int, int, int], ...]


def digests(bundle: Path) -> dict[str, str]:
    """Return path within the bundle to sha256, for every file but the manifest."""
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(bundle).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def require_whole(bundle: Path, files: Mapping[str, str]) -> None:
    """Return when a bundle holds the files that its manifest names and no others, unaltered.

    Raises:
        InvalidBundle: A file is missing, foreign or altered.
    """
    try:
        found = digests(bundle)
    except OSError as error:
        raise InvalidBundle(f"bundle {bundle} cannot be read ({error.strerror}); is it being replaced?") from error
    for name in sorted(found.keys() | files.keys()):
        if found.get(name) != files.get(name):
            raise InvalidBundle(
                f"file {name} of bundle {bundle} is missing, foreign or altered; install the bundle again"
            )


def manifest_fields(bundle: Path) -> Any:
    """Return what a bundle's manifest holds, as JSON tells it.

    Raises:
        InvalidBundle: The manifest is missing or no JSON.
    """
    try:
        return json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidBundle(f"bundle {bundle} has no readable {MANIFEST}; name a folder that training wrote") from error
    except (ValueError, RecursionError) as error:
        raise not_ours(f"bundle {bundle}") from error


def write_fields(bundle: Path, fields: Mapping[str, Any]) -> None:
    """Write the manifest of a folder whose other files are complete; their digests are taken now."""
    told = {**fields, "files": digests(bundle)}
    (bundle / MANIFEST).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def not_ours(bundle: str) -> InvalidBundle:
    """Return the error for a manifest that nobody of ours wrote; `bundle` is how it names what it is of."""
    return InvalidBundle(f"the {MANIFEST} of {bundle} is not one of ours; install the bundle again")


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
