"""The client of the library, where it does not do as we need."""

import select
from typing import Any

from imapclient import IMAPClient


class Client(IMAPClient):
    """One connection, as bytes and lines."""

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        # What came together with an earlier line waits in a buffer, of which poll(2) knows nothing.
        try:
            if self._imap.file.peek(1):
                return [(sock.fileno(), select.POLLIN)]
        except OSError:  # TLS says so when there is nothing
            pass
        return super()._poll_socket(sock, timeout)
