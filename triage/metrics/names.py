"""Labels that stay few whatever people name."""

from threading import Lock

OTHER = "other"


class Names:
    """The values of a label: the first that come, and `other` for what comes after them.

    People make topics and models, and each value is a series for as long as the process lives.

    Args:
        most: How many values there may be besides `other`.
    """

    def __init__(self, most: int) -> None:
        self._most, self._known, self._lock = most, set[str](), Lock()

    def of(self, name: str) -> str:
        """Return the value that stands for a name."""
        with self._lock:
            if name not in self._known and len(self._known) < self._most:
                self._known.add(name)
            return name if name in self._known else OTHER
