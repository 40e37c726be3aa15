"""Where the private Redis listens.

The address follows from the data folder alone, so every command finds the instance without asking.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

from triage.embedded.instance import redis_folder
from triage.errors import CannotStart

LONGEST_SOCKET_PATH = 100  # bytes; the kernel ends at 107 on Linux and 103 on macOS


def socket_path(data_dir: Path) -> Path:
    """Return where the Unix socket of this data folder's Redis lies, running or not.

    It lies within the data folder, or, when that path is too long for a socket, in a short one made for it.
    """
    inside = redis_folder(data_dir) / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    # Not $TMPDIR: two terminals may have two, and both must come to the same path.
    return Path("/tmp") / f"triage-{digest}" / "redis.sock"  # noqa: S108 (`make_redis_folders` sees that it is ours)


def redis_url(data_dir: Path) -> str:
    """Return the address as redis-py reads it, `unix:///…`."""
    return "unix://" + quote(str(socket_path(data_dir)))


def make_redis_folders(data_dir: Path) -> None:
    """Make the folders that Redis keeps its data and its socket in, which nobody but us may enter.

    Raises:
        CannotStart: One cannot be made, or the socket's is there already and is somebody else's, or open to others.
    """
    folder = socket_path(data_dir).parent
    try:
        redis_folder(data_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise CannotStart(
            f"{error.filename} cannot be made ({error.strerror}); mend that or choose another --data"
        ) from error
    # Anybody can make a folder of this name in /tmp before us, and would then hold our socket.
    if folder != redis_folder(data_dir) and (found.st_uid != os.geteuid() or found.st_mode & 0o077):
        raise CannotStart(f"{folder} is not ours alone; remove it or choose a shorter folder with --data")
