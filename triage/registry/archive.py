"""A bundle as one file: a tar that is the same whenever and wherever the same bundle is packed."""

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from triage.errors import InvalidBundle
from triage.serving.manifest import MANIFEST, Manifest, read_manifest


class Installed(Protocol):
    """A version that was installed."""

    @property
    def version(self) -> str:
        """Its name."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of its archive."""


def packed(bundle: Path) -> tuple[Manifest, bytes]:
    """Check a bundle and return its manifest and its archive.

    Raises:
        InvalidBundle: The folder is no bundle of ours, or is incomplete, altered, or being replaced.
    """
    manifest = read_manifest(bundle)
    archive = packed_files(bundle, manifest.files)
    if read_manifest(bundle) != manifest:
        raise InvalidBundle(f"bundle {bundle} was replaced while it was being installed; install it again")
    return manifest, archive


def packed_files(bundle: Path, files: Mapping[str, str]) -> bytes:
    """Return the archive of a bundle: its manifest, which is not looked at, and files with these digests.

    Raises:
        InvalidBundle: A file has another digest by now.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted([*files, MANIFEST]):
            content = (bundle / name).read_bytes()
            if name != MANIFEST and hashlib.sha256(content).hexdigest() != files[name]:
                raise InvalidBundle(f"bundle {bundle} was replaced while it was being installed; install it again")
            # Without time, owner and mode, which differ from copy to copy of the same bundle.
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def require_unaltered(archive: bytes, stored: Installed) -> None:
    """Return when an archive is the one that was installed.

    Raises:
        InvalidBundle: It is another.
    """
    if hashlib.sha256(archive).digest() != stored.digest:
        raise InvalidBundle(f"the archive of version {stored.version} was altered; install its bundle again")


def file_in(archive: bytes, name: str) -> bytes | None:
    """Return one file of an archive, without writing anything to disk; `None` when it holds none of this name.

    Raises:
        InvalidBundle: It is no archive of ours.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            found = tar.extractfile(name)
            return None if found is None else found.read()
    except KeyError:
        return None
    except tarfile.TarError as error:
        raise InvalidBundle("the archive of the model cannot be read; install its bundle again") from error


def unpack(archive: bytes, folder: Path) -> None:
    """Write what an archive holds into a folder.

    Raises:
        OSError: The folder cannot be written to, or has no room.
        InvalidBundle: It is no archive of ours.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            tar.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise InvalidBundle("the archive of the model cannot be read; install its bundle again") from error
