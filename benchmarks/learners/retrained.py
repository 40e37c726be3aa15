"""A model of the mailbox's own mail, trained by the product's recipe in a process of its own."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.learners.learner import Guess
from benchmarks.learners.ours import Memory
from benchmarks.mailboxes import Labelled
from benchmarks.retraining import sides, train
from triage.mail import MailText
from triage.serving.text import load_text_model


class Retrained:
    """What a training makes of the labels, less the quarter that it holds out, and a memory of all of them.

    That is what reads in the product once a training was activated: its memory is fitted anew to the new model.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._reader: Memory | None = None

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Train a bundle, load it, and fit its memory."""
        learned, _ = sides(Labelled(tuple(mails), tuple(topics)))
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder, "bundle")
            train(learned, bundle, seed=self._seed)
            self._reader = Memory(load_text_model(bundle))
        self._reader.fit(mails, topics)

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Return the likeliest topic of each mail."""
        assert self._reader
        return self._reader.predict(mails)

    def close(self) -> None:
        """Let the model go."""
        self._reader = None
