"""Logistic regression, on words and characters or on the vectors of a pretrained encoder."""

from collections.abc import Sequence
from typing import Any

from benchmarks.learners.learner import Guess, as_text
from benchmarks.minilm import encoded
from benchmarks.peers import logistic, sklearn_words_characters
from triage.mail import MailText


class TfIdf:
    """scikit-learn: words and characters, logistic regression."""

    def __init__(self) -> None:
        self._model: Any = sklearn_words_characters()

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Learn vocabulary and head."""
        self._model.fit(as_text(mails), list(topics))

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Return the likeliest topic of each mail."""
        return _guesses(self._model, as_text(mails))

    def close(self) -> None:
        """Nothing was started."""


class Frozen:
    """MiniLM-L6, frozen, and logistic regression; to encode the labelled mail is part of learning."""

    def __init__(self) -> None:
        self._head = logistic()
        encoded(["loads the encoder"])

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Encode the mail and learn the head."""
        self._head.fit(encoded(as_text(mails)), list(topics))

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Return the likeliest topic of each mail."""
        return _guesses(self._head, encoded(as_text(mails)))

    def close(self) -> None:
        """Nothing was started."""


def _guesses(model: Any, seen: Any) -> list[Guess]:
    probabilities = model.predict_proba(seen)
    return [Guess(str(model.classes_[row.argmax()]), float(row.max())) for row in probabilities]
