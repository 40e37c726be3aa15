"""Which files and Maildirs a path that was named stands for."""

import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from triage.errors import PermanentError

JSON_LINES = (".jsonl", ".ndjson")
MBOX = (".mbox", ".mbx")
# What a folder is searched for; a file that is named itself is taken whatever its name.
MAIL_SUFFIXES = (".eml", *MBOX, *JSON_LINES)


class NoSuchPath(PermanentError):
    """A path that was named does not exist."""


def mail_files(path: Path) -> list[Path]:
    """Return the files and Maildirs to read for a path that was named, in order.

    What cannot be looked into is among them, a folder too: reading it says why.

    Raises:
        NoSuchPath: It does not exist.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        sentence = f"{path} does not exist; name a file or folder with mail, or - for standard input"
        raise NoSuchPath(sentence) from error
    except OSError:
        return [path]
    return [path] if not is_folder(path) or is_maildir(path) else _mail_files_below(path)


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, as far as we may know."""
    return S_ISDIR(_mode(path))


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir, as far as we may know."""
    return all(is_folder(path / name) for name in ("cur", "new", "tmp"))


def is_special(path: Path) -> bool:
    """Tell whether a path is a pipe, a socket or a device: readable once, and perhaps never at its end."""
    mode = _mode(path)
    return mode != 0 and not S_ISREG(mode) and not S_ISDIR(mode)


def _mail_files_below(path: Path) -> list[Path]:
    found: list[Path] = []
    unlisted: list[Path] = []
    for folder, names, files in os.walk(path, onerror=lambda error: unlisted.append(Path(error.filename))):
        inside = Path(folder)
        maildirs = [name for name in names if is_maildir(inside / name)]
        found += [inside / name for name in maildirs]
        names[:] = sorted(set(names) - set(maildirs))
        mail = [inside / name for name in files if name.lower().endswith(MAIL_SUFFIXES)]
        found += [file for file in mail if not is_special(file)]
    return sorted(found + unlisted)


def _mode(path: Path) -> int:
    """Return the type and permissions of a path, 0 where the system does not say."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
