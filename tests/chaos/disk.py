"""A disk so small that it can be filled, and made larger when a person would have cleared it."""

import subprocess
from pathlib import Path


class CannotMount(Exception):
    """Only root can mount, and not everywhere."""


class Disk:
    """A file system in memory (tmpfs), mounted on a folder."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        self._folder = folder
        folder.mkdir()
        self._run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder))

    def enlarge(self, *, megabytes: int) -> None:
        """Make room, while it is in use."""
        self._run("mount", "-o", f"remount,size={megabytes}m", str(self._folder))

    def unmount(self) -> None:
        """Detach it; what still holds a file there loses nothing but its name."""
        self._run("umount", "--lazy", str(self._folder))

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMount(done.stderr.strip())
