"""The client of the library, where it does not do as we need.

A server may say anything: lines and literals without end, or news in the midst of an answer. What it says is bounded
here, and what cannot be understood ends the connection, for the next line would be taken for the answer to another
command.
"""

import select
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

from imapclient import IMAPClient, imap_utf7
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.response_parser import parse_fetch_response
from imapclient.tls import IMAP4_TLS

from triage.mail.bounds import MAX_MESSAGE_BYTES

# Of one answer, all literals together: a message of the largest size, or a batch of smaller ones, and some more.
MOST_LITERAL_BYTES = MAX_MESSAGE_BYTES + 2**20


class _Bounded:
    """Answers that fit into memory; a class of imaplib beside it does the rest."""

    _literal_bytes = 0

    def _command(self, name: str, *args: Any) -> Any:
        self._literal_bytes = 0
        return super()._command(name, *args)  # type: ignore[misc]

    def read(self, size: int) -> bytes:
        self._literal_bytes += size
        if self._literal_bytes > MOST_LITERAL_BYTES:
            raise self.abort(f"more than {MOST_LITERAL_BYTES} bytes in one answer")  # type: ignore[attr-defined]
        return super().read(size)  # type: ignore[misc, no-any-return]

    def readline(self) -> bytes:
        try:
            return super().readline()  # type: ignore[misc, no-any-return]
        except self.abort:  # type: ignore[attr-defined]
            raise
        except self.error as error:  # type: ignore[attr-defined]
            # A line that is too long; the rest of it is yet to come.
            raise self.abort(str(error)) from error  # type: ignore[attr-defined]

    def begin_idle(self) -> tuple[bytes, tuple[str, list[bytes]] | None]:
        """Ask for IDLE and read until the server goes along; return the tag, and how it was completed if it was."""
        tag = self._command("IDLE")
        while self._get_response() is not None:  # type: ignore[attr-defined]
            if self.tagged_commands[tag] is not None:  # type: ignore[attr-defined]
                return tag, self.tagged_commands.pop(tag)  # type: ignore[attr-defined]
        return tag, None


# Connects to a host and a port within some seconds.
Opener = Callable[[str, int, float | None], socket.socket]


class _Plain(_Bounded, IMAP4WithTimeout):
    def __init__(self, host: str, port: int, timeout: float | None, opener: Opener) -> None:
        self._opener = opener
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._opener(self.host, self.port, self._timeout if timeout is None else timeout)


class _Encrypted(_Bounded, IMAP4_TLS):
    def __init__(self, host: str, port: int, context: ssl.SSLContext, timeout: float | None, opener: Opener) -> None:
        self._opener, self._context = opener, context
        super().__init__(host, port, context, timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        opened = self._opener(self.host, self.port, self._timeout if timeout is None else timeout)
        return self._context.wrap_socket(opened, server_hostname=self.host)


def open_any(host: str, port: int, timeout: float | None) -> socket.socket:
    """Connect to a host wherever it is."""
    return socket.create_connection((host, port), timeout)


class Client(IMAPClient):
    """One connection, as bytes and lines."""

    def __init__(self, *args: Any, opener: Opener = open_any, **kwargs: Any) -> None:
        self._opener = opener
        super().__init__(*args, **kwargs)
        # The library has each line and each body formatted for a log that is not read.
        self._imap.debug = 0

    def fetch_set(self, uid_set: str, items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """Fetch items of messages named by a set, which the library's own `fetch` takes no runs in; by UID.

        Whatever the server tells of other messages is told here too.
        """
        kind, said = self._imap.uid("FETCH", uid_set, f"({' '.join(items)})")
        self._checkok("fetch", kind, said)
        return dict(parse_fetch_response(said, normalise_times=False))

    def folder_names(self) -> list[str]:
        """Return the names of the folders that can be opened.

        Names that are no modified UTF-7 (RFC 9051 §A.1), or are written as we would not write them, are left out: by
        what we make of them we could not open them.
        """
        self.folder_encode = False
        try:
            listed = self.list_folders()
        finally:
            self.folder_encode = True
        there = [name for flags, _, name in listed if b"\\noselect" not in {flag.lower() for flag in flags}]
        return [name for name in map(_decoded, there) if name is not None]

    def idle(self) -> None:
        """Begin IDLE; what the server tells of before it goes along stays among its untagged answers."""
        self._idle_tag, refused = self._imap.begin_idle()
        if refused:
            self._checkok("idle", *refused)

    def take_news(self) -> bool:
        """Say whether the server told, beside its answers, that the open folder has changed; once."""
        told = [self._imap.untagged_responses.pop(word, None) for word in ("EXISTS", "RECENT", "EXPUNGE")]
        return any(told)

    def _create_IMAP4(self) -> Any:  # noqa: N802 (its name there)
        connect_seconds = self._timeout.connect
        if self.ssl:
            return _Encrypted(self.host, self.port, self.ssl_context, connect_seconds, self._opener)
        return _Plain(self.host, self.port, connect_seconds, self._opener)

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        # What came together with an earlier line waits in a buffer, of which poll(2) knows nothing.
        try:
            if self._imap.file.peek(1):
                return [(sock.fileno(), select.POLLIN)]
        except OSError:  # TLS says so when there is nothing
            pass
        return super()._poll_socket(sock, timeout)


def _decoded(name: bytes) -> str | None:
    try:
        decoded = str(imap_utf7.decode(name))
    except ValueError:
        return None
    return decoded if imap_utf7.encode(decoded) == name else None
