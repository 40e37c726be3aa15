"""The real pictures of a source, as the bytes that were sent.

They lie in `shared/data` beside the repository, or where `TRIAGE_PUBLIC_DATA` says; two photos come with
installed packages.
"""

import importlib.util
import os
import tarfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from training.kinds.sources import BY_NAME, LEARNED, Source, is_held_out

_BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data"


def pictures_of(source: Source) -> Mapping[str, bytes]:
    """Return the pictures of a source by name; empty where it is not at hand."""
    if source.archive.startswith("package:"):
        return _of_package(source.archive.removeprefix("package:"))
    archive = public_data() / source.archive
    if not archive.exists():
        return {}
    files = _members(archive)
    return {
        name: data for name, data in files.items() if name.startswith(source.folder) and not _is_left_out(name, source)
    }


def pictures_to_learn_from(source: Source) -> Mapping[str, bytes]:
    """Return those that training may see: none of a source to judge by, none that such a source shows, none held out.

    A source of one picture is learned from whole; nothing could be judged by one.
    """
    if source not in LEARNED:
        return {}
    judged = pictures_of(BY_NAME[source.shown_in]) if source.shown_in else {}
    names = {Path(name).name for name in judged}
    found = {name: data for name, data in pictures_of(source).items() if Path(name).name not in names}
    return found if len(found) == 1 else {name: data for name, data in found.items() if not is_held_out(data)}


def pictures_held_out(source: Source) -> Mapping[str, bytes]:
    """Return those that are judged by and never learned from."""
    found, learned = pictures_of(source), pictures_to_learn_from(source)
    judged = BY_NAME[source.shown_in].folder if source.shown_in else None
    return {name: data for name, data in found.items() if name not in learned and (judged is None or is_held_out(data))}


def public_data() -> Path:
    """Return the folder of public data."""
    return Path(os.environ.get("TRIAGE_PUBLIC_DATA", _BESIDE_THE_REPOSITORY))


def _is_left_out(name: str, source: Source) -> bool:
    return name.removeprefix(source.folder).split("/")[0] in source.leaves_out


def _of_package(file: str) -> Mapping[str, bytes]:
    package, _, rest = file.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return {}
    path = Path(found.origin).parent / rest
    return {path.name: path.read_bytes()} if path.exists() else {}


@lru_cache
def _members(archive: Path) -> Mapping[str, bytes]:
    with tarfile.open(archive) as opened:
        files = {member.name: opened.extractfile(member) for member in opened if member.isfile()}
        return {name.removeprefix("./"): file.read() for name, file in sorted(files.items()) if file}
