"""Files that hold mail."""

from pathlib import Path

from triage.errors import FileInTheWay


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet; one with the same content is left as it is.

    Raises:
        FileInTheWay: Something else has this name; it stays as it is.
    """
    try:
        # "x" follows no link and overwrites nothing.
        with file.open("xb") as opened:
            opened.write(content)
    except FileExistsError as error:
        if file.is_symlink() or not file.is_file() or file.read_bytes() != content:
            raise FileInTheWay(file) from error
