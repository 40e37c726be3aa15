"""The ways in for mail, as a client uses them."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import islice
from typing import Any, TypeVar

from benchmarks.made_mail import MadeMail
from triage.intake import APPLICATION_JSON, MESSAGE_RFC822, Intake, Submission

BULK_LINES, BATCH, POSTERS = 1000, 250, 8
LONGEST_IDLE_SECONDS = 2.0
NDJSON = "application/x-ndjson"

Item = TypeVar("Item")
# Makes mail ready to be sent, which is no part of what is measured, and returns what sends it.
Door = Callable[[Sequence[MadeMail]], Callable[[], None]]


class Client:
    """One connection to the API, kept open."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._used_at = 0.0

    def get(self, path: str) -> bytes:
        """Return the body of an answer with status 200."""
        return self._body("GET", path, expected=range(200, 201))

    def ask(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        """Send an object of JSON, or nothing; return the answer, whatever its status below 400."""
        body = None if fields is None else json.dumps(fields)
        headers = {} if fields is None else {"Content-Type": APPLICATION_JSON}
        return json.loads(self._body(method, path, body, headers, expected=range(200, 400)))

    def post(self, body: bytes, *, path: str = "/v1/emails", media_type: str = APPLICATION_JSON) -> bytes:
        """Send mail; return the body of the answer."""
        status = 200 if path.endswith("bulk") else 202
        return self._body("POST", path, body, {"Content-Type": media_type}, expected=range(status, status + 1))

    def _body(self, *request: Any, expected: range) -> bytes:
        # The API closes a connection that nobody has used for five seconds; the next request opens a new one.
        if time.monotonic() - self._used_at > LONGEST_IDLE_SECONDS:
            self._connection.close()
        self._connection.request(*request)
        answer = self._connection.getresponse()
        body = answer.read()
        self._used_at = time.monotonic()
        if answer.status not in expected:
            raise RuntimeError(f"the API answered {answer.status}: {body[:500]!r}")
        return body


def through_api(port: int) -> Door:
    """Post mail in bulk as lines of JSON, 1,000 a request."""

    def ready(mails: Sequence[MadeMail]) -> Callable[[], None]:
        client = Client(port)
        bodies = [b"\n".join(mail.as_json() for mail in part) for part in in_parts(mails, BULK_LINES)]

        def send() -> None:
            for body in bodies:
                client.post(body, path="/v1/emails/bulk", media_type=NDJSON)

        return send

    return ready


def through_api_one_by_one(port: int, *, rfc822: bool = False) -> Door:
    """Post each mail alone, over several connections at once."""

    def ready(mails: Sequence[MadeMail]) -> Callable[[], None]:
        media_type = MESSAGE_RFC822 if rfc822 else APPLICATION_JSON
        bodies = [mail.as_rfc822() if rfc822 else mail.as_json() for mail in mails]

        def post(own: Sequence[bytes]) -> None:
            client = Client(port)
            for body in own:
                client.post(body, media_type=media_type)

        def send() -> None:
            with ThreadPoolExecutor(POSTERS) as posters:
                list(posters.map(post, [bodies[first::POSTERS] for first in range(POSTERS)]))

        return send

    return ready


def through_intake(intake: Intake, *, rfc822: bool = False) -> Door:
    """Accept mail in this process, 250 a batch."""

    def ready(mails: Sequence[MadeMail]) -> Callable[[], None]:
        given = [
            Submission(mail.as_rfc822()) if rfc822 else Submission(mail.as_json(), APPLICATION_JSON) for mail in mails
        ]

        def send() -> None:
            for part in in_parts(given, BATCH):
                intake.accept(part, mailbox="main", now=datetime.now(UTC))

        return send

    return ready


def in_parts(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Cut a sequence into parts of a size; the last may be shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def drawn(supply: Iterator[MadeMail], count: int) -> list[MadeMail]:
    """Take the next mails of an endless supply."""
    return list(islice(supply, count))
