"""Where the pages are, and an instance in this process for those that need no worker."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from tests.keys import bearing, begin_session, make_key
from tests.ports import free_port
from tests.system.conftest import until
from triage.settings import Settings
from triage.storage.session import Database
from triage.web.app import create_app


@dataclass(frozen=True)
class Site:
    """The address of an instance, and what lets a program and a browser in."""

    url: str
    key: str
    session: str

    @property
    def cookie(self) -> Any:
        """The cookie of a browser that is logged in."""
        return {"name": f"triage_session_{self.url.rpartition(':')[2]}", "value": self.session, "url": self.url}

    def post(self, path: str, body: Any) -> Any:
        """Ask the API for a change, as a program does."""
        answer = httpx2.post(self.url + path, json=body, timeout=60, headers=bearing(self.key))
        answer.raise_for_status()
        return answer.json()

    def put(self, path: str, body: Any) -> Any:
        """Ask the API to put one thing in the place of another."""
        answer = httpx2.put(self.url + path, json=body, timeout=60, headers=bearing(self.key))
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str) -> Any:
        """Ask the API."""
        answer = httpx2.get(self.url + path, timeout=60, headers=bearing(self.key))
        answer.raise_for_status()
        return answer.json()


@contextmanager
def serving(settings: Settings) -> Iterator[Site]:
    """Serve an application from a thread of this process."""
    port = free_port()
    # A page may hold its stream of events open; it is not waited for.
    app = create_app(settings.model_copy(update={"port": port}))
    config = uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, 60)
        database = Database(settings.database_url)
        yield Site(f"http://127.0.0.1:{port}", make_key(database), begin_session(database))
        database.close()
    finally:
        server.should_exit = True
        thread.join()
