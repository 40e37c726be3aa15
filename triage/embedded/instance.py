"""The folder that one embedded Triage keeps everything in, and the right to run there.

Whoever runs holds a lock (flock(2)) on a file of the folder. The kernel drops it with the process, however that ends,
so a file left behind by a killed one is no obstacle.
"""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.errors import CannotStart


def database_path(data_dir: Path) -> Path:
    """Return where the SQLite database lies."""
    return data_dir.resolve() / "triage.sqlite3"


def log_folder(data_dir: Path) -> Path:
    """Return where each process writes its log, `NAME.log`."""
    return data_dir.resolve() / "log"


def redis_folder(data_dir: Path) -> Path:
    """Return where the private Redis keeps its append-only file."""
    return data_dir.resolve() / "redis"


def secret_key_path(data_dir: Path) -> Path:
    """Return where the key lies that encrypts the passwords of accounts."""
    return data_dir.resolve() / "secret.key"


@contextmanager
def claim(data_dir: Path) -> Iterator[Path]:
    """Make the folder where it is missing, and keep every other process that claims it out until the end.

    Yields the folder's absolute path. A folder we make is readable by its owner alone, for it will hold mail.

    Raises:
        CannotStart: It is no folder, cannot be written to, or another process has claimed it.
    """
    folder = data_dir.resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "triage.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotStart(f"{folder} is not a folder; choose another place with --data") from error
    except OSError as error:
        raise _unusable(folder, error) from error
    try:
        _lock(lock, folder)
        yield folder
    finally:
        os.close(lock)


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Return when a server may listen there.

    Raises:
        CannotStart: Something else listens there, or we may not.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # Servers set this too: connections of an earlier run that the kernel has yet to forget are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} on {host} is already in use; stop what listens there or choose another with --port"
        else:
            reason = f"port {port} on {host} cannot be used ({error.strerror}); choose another with --port"
        raise CannotStart(reason) from error


def _lock(lock: int, folder: Path) -> None:
    """Take the lock and note our pid for whoever comes after."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.truncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
    except BlockingIOError as error:
        # Between taking the lock and writing the pid, the other's is unknown for an instant.
        holder = os.pread(lock, 20, 0).decode() or "unknown"
        raise CannotStart(
            f"{folder} is already in use by the process with pid {holder}; stop that one or choose another with --data"
        ) from error
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> CannotStart:
    return CannotStart(f"{folder} cannot be written to ({error.strerror}); choose another folder with --data")
