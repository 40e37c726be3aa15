"""Taking turns at reading mail again: one worker at a time, a second or so each, for as long as something is left.

A turn is a Celery message with a token, and the key holds the token of the turn that counts. So turns never multiply,
however many begin one; a turn that got lost leaves a key that expires, after which beat begins anew.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from celery import Celery
from redis import Redis

from triage.origin import Origin, origin
from triage.queue.broker import send
from triage.queue.names import READ_AGAIN, READ_AGAIN_HELD, READ_AGAIN_REFUSED_PREFIX, READING_AGAIN
from triage.queue.redis import translated

# Above the time that a turn waits behind mail, and that a model takes to load.
EXPIRES_AFTER = timedelta(seconds=60)
REFUSED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Held:
    """The emails that somebody is reading again, or was reading when they died."""

    version: str
    email_ids: tuple[int, ...]


class ReadingAgain:
    """Whose turn it is, and which emails made trouble. Every method raises `QueueUnavailable` without Redis."""

    def __init__(self, client: Redis, app: Celery) -> None:
        self._client = client
        self._app = app

    def begin(self) -> None:
        """See that somebody reads again, unless somebody does."""
        turn = uuid4().hex
        with translated():
            begun = self._client.set(READING_AGAIN, turn, nx=True, px=EXPIRES_AFTER)
        if begun:
            send(self._app, READ_AGAIN, turn=turn)

    def is_mine(self, turn: str) -> bool:
        """Say whether a turn is the one that counts, and let it count for longer if so."""
        with translated():
            current = cast("bytes | None", self._client.get(READING_AGAIN))
            if current not in (None, turn.encode()):
                return False
            self._client.set(READING_AGAIN, turn, px=EXPIRES_AFTER)
        return True

    def pass_on(self) -> None:
        """Give the turn to whoever takes it next, after the mail that waits."""
        turn = uuid4().hex
        with translated():
            self._client.set(READING_AGAIN, turn, px=EXPIRES_AFTER)
        # Not the span: turns for hours would be one trace without an end.
        send(self._app, READ_AGAIN, came_from=Origin(origin().request_id), turn=turn)

    def end(self) -> None:
        """Say that nothing is left to be read again."""
        with translated():
            self._client.delete(READING_AGAIN)

    def hold(self, held: Held) -> None:
        """Write down what is being read, so that whoever comes after our death knows."""
        with translated():
            self._client.set(READ_AGAIN_HELD, json.dumps([held.version, held.email_ids]))

    def release(self) -> None:
        """Say that what was held did no harm."""
        with translated():
            self._client.delete(READ_AGAIN_HELD)

    def held(self) -> Held | None:
        """Return what somebody held when they died, if they did."""
        with translated():
            told = cast("bytes | None", self._client.get(READ_AGAIN_HELD))
        if told is None:
            return None
        version, email_ids = json.loads(told)
        return Held(version, tuple(email_ids))

    def refuse(self, version: str, email_ids: Collection[int]) -> None:
        """Read these with a version no more; they keep the verdict that they have."""
        with translated():
            self._client.sadd(READ_AGAIN_REFUSED_PREFIX + version, *email_ids)
            self._client.expire(READ_AGAIN_REFUSED_PREFIX + version, REFUSED_FOR)

    def refused(self, version: str) -> set[int]:
        """Return the emails that a version could not read again."""
        with translated():
            found: Iterable[Any] = cast("set[bytes]", self._client.smembers(READ_AGAIN_REFUSED_PREFIX + version))
        return {int(email_id) for email_id in found}
