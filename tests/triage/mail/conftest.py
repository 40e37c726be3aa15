"""Public mail for the tests of parsing."""

import tarfile
from collections.abc import Iterator
from pathlib import Path


def files_in(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file of a tar archive."""
    with tarfile.open(archive) as files:
        for member in files:
            file = files.extractfile(member)
            if file:
                yield member.name, file.read()
