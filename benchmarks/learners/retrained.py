"""A model of the mailbox's own mail, trained by the product's recipe in a process of its own."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.learners.learner import Guess
from benchmarks.learners.ours import APPLIED_FROM
from benchmarks.mailboxes import Labelled
from benchmarks.retraining import sides, train
from triage.mail import MailText
from triage.serving.text import TextModel, load_text_model


class Retrained:
    """What a training makes of the labels, less the quarter that it holds out, read by the product."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._model: TextModel | None = None

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Train a bundle, and load it."""
        learned, _ = sides(Labelled(tuple(mails), tuple(topics)))
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder, "bundle")
            train(learned, bundle, seed=self._seed)
            self._model = load_text_model(bundle)

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Return the likeliest topic of each mail."""
        assert self._model
        topics = [reading.topic for reading in self._model.read(mails)]
        best = [max(topic.items(), key=lambda pair: pair[1]) for topic in topics]
        return [Guess(str(name), confidence, confidence >= APPLIED_FROM) for name, confidence in best]

    def close(self) -> None:
        """Let the model go."""
        self._model = None
