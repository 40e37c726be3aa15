"""Our memory, over the frozen representation of a model, as a text worker fits and asks it.

A guess is of the mailbox's own topics alone, and is applied when it is as likely as the product's default asks.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec

from benchmarks.learners.learner import Guess
from triage.labels import TopicState
from triage.mail import MailText
from triage.memory.memory import Lesson, learned_from
from triage.memory.memory import Memory as Learned
from triage.ranking import Reading, likeliest, load_policy
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import TextModel, load_text_model

POLICY = load_policy(None)


class Memory:
    """A model, and a memory of the labels given since it was trained: the shipped model unless told another."""

    def __init__(self, model: TextModel | None = None) -> None:
        self._model = model or shipped_model()
        self._memory: Learned | None = None

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Fit the memory to the labelled mail, the newest last."""
        readings = self._model.read(mails)
        lessons = [Lesson(read, {"topic": topic}) for read, topic in zip(readings, topics, strict=True)]
        heads, _ = learned_from(lessons[::-1], sorted(set(topics)))
        self._memory = Learned(1, self._model.version, heads)

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Read the mail and ask the memory."""
        assert self._memory
        return [guess_of(reading) for reading in self._memory.recall(self._model.read(mails))]

    def close(self) -> None:
        """Nothing was started."""


def guess_of(reading: Reading) -> Guess:
    """Return the likeliest topic, applied where the product's default would."""
    topic = likeliest(reading.topic)
    confidence = reading.topic[topic]
    return Guess(str(topic), confidence, POLICY.topic_state(confidence) is TopicState.APPLIED)


@cache
def shipped_model() -> TextModel:
    """Return the model we ship, loaded once."""
    return load_text_model(DEFAULT_BUNDLE)


def is_here() -> bool:
    """Say whether the product has a memory."""
    return find_spec("triage.memory") is not None
