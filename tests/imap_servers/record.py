"""What crossed a server of ours, for the test to look at meanwhile and afterwards."""

import threading
import time

from tests.imap_servers.commands import Command


class Record:
    """The commands of all connections, in the order in which they came.

    Attributes:
        bytes_from_client: What came from clients, literals included.
        bytes_from_server: What came from the server, whether it was passed on or not.
    """

    def __init__(self) -> None:
        self.bytes_from_client = self.bytes_from_server = 0
        self._commands: list[Command] = []
        self._changed = threading.Condition()

    def add(self, command: Command) -> None:
        """Note a command."""
        with self._changed:
            self._commands.append(command)
            self._changed.notify_all()

    @property
    def commands(self) -> list[Command]:
        """All commands so far."""
        with self._changed:
            return list(self._commands)

    @property
    def names(self) -> list[str]:
        """The names of all commands so far."""
        return [command.name for command in self.commands]

    def named(self, name: str) -> list[Command]:
        """Return the commands of that name."""
        return [command for command in self.commands if command.name == name]

    def forget(self) -> None:
        """Begin anew."""
        with self._changed:
            self._commands.clear()
            self.bytes_from_client = self.bytes_from_server = 0

    def wait_for(self, name: str, *, times: int = 1, seconds: float = 30) -> None:
        """Return when a command has come so often.

        Raises:
            TimeoutError: It has not within that time.
        """
        last_moment = time.monotonic() + seconds
        with self._changed:
            while sum(command.name == name for command in self._commands) < times:
                if not self._changed.wait(last_moment - time.monotonic()):
                    raise TimeoutError(f"{name} did not come {times} times, but {[one.name for one in self._commands]}")
