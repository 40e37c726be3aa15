"""Readings on request: ask a text worker to read texts, and wait for its answer.

The API does not load TensorFlow, so `/v1/predict` goes to a worker like all reading. Nothing is stored: the texts
travel in the message, the answer in a list that expires unless it is fetched. Redis writes down what it is sent, and a
worker that looks for faults logs it, so the texts are sealed.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

from celery import Celery
from redis import Redis

from triage.errors import ModelUnavailable
from triage.queue.broker import send
from triage.queue.names import ANSWER_PREFIX, READ_TEXTS
from triage.queue.redis import require_room, translated

Answer = list[dict[str, Any]]
KEPT_FOR = timedelta(seconds=60)


class Seal(Protocol):
    """Makes words unreadable on their way."""

    def closed(self, words: str) -> str:
        """Return words as nobody else reads them."""

    def opened(self, sealed: str) -> str:
        """Return words that were sealed."""


class Predictions:
    """Questions to text workers and their answers."""

    def __init__(self, client: Redis, app: Celery, seal: Seal) -> None:
        self._client = client
        self._app = app
        self._seal = seal

    def ask(self, texts: Sequence[Mapping[str, str]], *, patience: timedelta) -> Answer:
        """Return one reading for each `{"subject": …, "body": …}`, in order, as JSON objects.

        Raises:
            ModelUnavailable: No worker answered in time.
            QueueUnavailable: Redis does not answer, or takes no more work.
            StorageUnavailable: The database, which has the key of the seal, did not answer when first asked for it.
        """
        # Celery tries several times, which on a frozen Redis takes its time; this does not.
        require_room(self._client)
        answer_to = ANSWER_PREFIX + uuid4().hex
        send(
            self._app,
            READ_TEXTS,
            sealed=self._seal.closed(json.dumps(list(texts))),
            answer_to=answer_to,
            expires=patience,
        )
        # Redis is asked again every second: longer waits would exceed the time-out of the connection.
        for _ in range(max(int(patience.total_seconds()), 1)):
            with translated():
                reply: Any = self._client.blpop([answer_to], timeout=1)
            if reply is not None:
                return list(json.loads(reply[1]))
        raise ModelUnavailable("no text worker answered in time; see `triage doctor`, then try again")

    def texts(self, sealed: str) -> list[dict[str, str]]:
        """Return the texts of a question that was asked.

        Raises:
            SecretUnreadable: They were sealed with another key than the database has.
            StorageUnavailable: The database, which has the key, did not answer when first asked for it.
        """
        return list(json.loads(self._seal.opened(sealed)))

    def answer(self, answer_to: str, answer: Answer) -> None:
        """Hand over the readings; they are dropped when nobody fetches them.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        with translated():
            pipeline = self._client.pipeline(transaction=True)
            pipeline.rpush(answer_to, json.dumps(answer))
            pipeline.pexpire(answer_to, KEPT_FOR)
            pipeline.execute()
