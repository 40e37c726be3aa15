"""Messages of a Maildir that its owner may be reading meanwhile.

A mail program moves a message from `new` to `cur` when it has seen it, and renames it there with every change of its
flags. What stays is the name before the colon, so a message that is gone is looked up by that.
"""

from collections.abc import Iterator
from pathlib import Path

from triage.files.item import MOST_BYTES, Item, unreadable
from triage.files.paths import is_folder, is_special
from triage.intake import Submission


def mail_in_maildir(path: Path) -> Iterator[Item]:
    """Yield every message once; a folder or a file that cannot be read is an item with its error."""
    read: set[str] = set()
    # `cur` is listed after `new` was read, so what moves meanwhile is in one list at least.
    for folder in (path / "new", path / "cur"):
        try:
            files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
        except OSError as error:
            yield unreadable(folder, error)
            continue
        for file in files:
            if _unique_name(file) not in read and not is_folder(file) and not is_special(file):
                read.add(_unique_name(file))
                yield _message(file)


def _message(file: Path) -> Item:
    try:
        try:
            return _read(file)
        except FileNotFoundError:
            return _read(_renamed(file))
    except OSError as error:
        return unreadable(file, error)


def _read(file: Path) -> Item:
    with file.open("rb") as opened:
        return Item(str(file), Submission(opened.read(MOST_BYTES)))


def _renamed(file: Path) -> Path:
    same = (other for other in (file.parent.parent / "cur").iterdir() if _unique_name(other) == _unique_name(file))
    return next(same, file)


def _unique_name(file: Path) -> str:
    return file.name.partition(":")[0]
