"""Public mail for the tests of parsing: it lies beside the repository and is no part of it."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data; without it tests skip here and fail on CI."""
    if not SHARED_DATA.is_dir():
        sentence = "public mail is not available: there is no folder shared/data beside the repository"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return SHARED_DATA


def files_in(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file of a tar archive."""
    with tarfile.open(archive) as files:
        for member in files:
            file = files.extractfile(member)
            if file:
                yield member.name, file.read()
