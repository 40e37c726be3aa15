"""What stands between a client and an IMAP server: it records, and it misbehaves as networks and providers do."""

import asyncio

from tests.imap_servers.faults import Faults
from tests.imap_servers.loopback import LoopbackServer
from tests.imap_servers.proxied import Proxied
from tests.imap_servers.record import Record


class Proxy(LoopbackServer):
    """Passes everything on, unless its faults say otherwise; no TLS.

    Attributes:
        record: The commands that clients sent, also those that the server never saw.
        faults: How it misbehaves from now on.
    """

    def __init__(self, server_port: int) -> None:
        super().__init__()
        self.record, self.faults = Record(), Faults()
        self._server_port = server_port

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, until one side closes."""
        proxied = Proxied(self.connections, reader, writer, self.record, self.faults)
        await proxied.run(self.host, self._server_port)
