"""Mail that comes in while things break."""

import json
import os
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

NDJSON = {"Content-Type": "application/x-ndjson"}
# Shorter than in production, so that a test need not wait for what is only patience.
HASTY = {"TRIAGE_CLAIM_AFTER": "PT2S", "TRIAGE_RECONCILE_AFTER": "PT3S"}


def mails(first: int, count: int) -> bytes:
    """That many different mails as lines of JSON."""
    some = (
        {"from": "a@example.org", "subject": f"Order {n}", "text": f"Where is parcel {n}?"}
        for n in range(first, first + count)
    )
    return "".join(json.dumps(mail) + "\n" for mail in some).encode()


def fault(name: str) -> dict[str, str]:
    """Return the variables that put a fault of `faults/` into every process that has them."""
    folder = Path(__file__).parent / "faults"
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")])),
        "TRIAGE_TEST_FAULT": name,
    }


def send(http: httpx2.Client, lines: bytes) -> set[int]:
    """Send mail that must be accepted; return the ids of the emails."""
    answer = http.post("/v1/emails/bulk", content=lines, headers=NDJSON)
    assert answer.status_code == 200, answer.text
    return ids_of(answer)


def ids_of(answer: httpx2.Response) -> set[int]:
    results: list[dict[str, Any]] = [json.loads(line) for line in answer.text.splitlines()]
    assert all(result["status"] in (200, 202) for result in results), answer.text
    return {result["id"] for result in results}


class Sender(threading.Thread):
    """Sends small batches until the end of its block; one that is refused with 503 it sends again until it is accepted.

    Attributes:
        accepted: Ids of the emails of every batch that was accepted.
        refusals: How many answers had which status other than 200.
    """

    def __init__(self, http: httpx2.Client, *, first: int = 0, size: int = 20, pause_seconds: float = 0.1) -> None:
        super().__init__(name="sender")
        self.accepted: set[int] = set()
        self.refusals: Counter[int] = Counter()
        self._http, self._next, self._size, self._pause_seconds = http, first, size, pause_seconds
        self._enough = threading.Event()
        self._gives_up = False
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._enough.is_set():
                self._send_until_accepted(mails(self._next, self._size))
                self._next += self._size
                time.sleep(self._pause_seconds)
        except BaseException as error:  # noqa: BLE001 - raised again where the block ends
            self._error = error

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gives_up = kind is not None
        self._enough.set()
        self.join()
        if kind is None and self._error is not None:
            raise self._error

    def _send_until_accepted(self, lines: bytes) -> None:
        while (answer := self._http.post("/v1/emails/bulk", content=lines, headers=NDJSON)).status_code != 200:
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"]
            self.refusals[answer.status_code] += 1
            if self._gives_up:
                return
            time.sleep(self._pause_seconds)
        self.accepted |= ids_of(answer)
