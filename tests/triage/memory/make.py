"""Generated mail: words of a topic among words of everyday."""

import random
from collections.abc import Sequence
from dataclasses import replace

from tests.make import reading, represented
from triage.labels import Topic
from triage.memory.memory import Lesson
from triage.ranking import Reading

TOPICS = [topic.value for topic in Topic]
DIMENSIONS = 8


class Mailbox:
    """Writes mail about topics, each with words and a direction of its own, and what a model reads in it.

    Args:
        seed: Of all that is drawn.
        confidence: How sure the model is of the topic that it takes a mail for.
    """

    def __init__(self, seed: int = 1, confidence: float = 0.6) -> None:
        self._random, self._confidence = random.Random(seed), confidence
        self._directions: dict[str, list[int]] = {}

    def mail(self, topic: str, read_as: Topic = Topic.OTHER) -> Reading:
        """Write a mail about a topic; the model takes it for another."""
        own = [1000 * (1 + sum(map(ord, topic))) + self._random.randrange(40) for _ in range(12)]
        others = [8_000_000 + int(self._random.paretovariate(0.7)) % 4000 for _ in range(30)]
        features = {bucket: self._random.randint(60, 255) for bucket in (*own, *others)}
        kept = represented(features, self._direction(topic))
        return replace(reading(topic=read_as, confidence=self._confidence), representation=kept)

    def lessons(self, topic: str, count: int, read_as: Topic = Topic.OTHER) -> Sequence[Lesson]:
        """Write mails about a topic that people say so of."""
        return [Lesson(self.mail(topic, read_as), {"topic": topic}) for _ in range(count)]

    def _direction(self, topic: str) -> list[int]:
        one = self._directions.setdefault(topic, [self._random.randint(-90, 90) for _ in range(DIMENSIONS)])
        return [x + self._random.randint(-30, 30) for x in one]
