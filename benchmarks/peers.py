"""What a user would pick instead: the usual text classifiers, tuned as their authors advise.

Each learns from texts and their labels and predicts labels; all run on one thread, as ours does.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import fasttext
import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from benchmarks.minilm import FrozenEncoder

Columns = npt.NDArray[np.int32]


class Peer(Protocol):
    """A classifier of texts; labels are integers from 0."""

    def fit(self, texts: Sequence[str], labels: Columns) -> "Peer":
        """Learn from labelled texts."""

    def predict(self, texts: Sequence[str]) -> Columns:
        """Return a label per text."""


def words() -> TfidfVectorizer:
    """TF-IDF of words and pairs of words."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)


def words_and_characters() -> FeatureUnion:
    """The same with runs of two to five characters, the strongest simple features."""
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    return FeatureUnion([("words", words()), ("characters", characters)])


def logistic() -> LogisticRegression:
    """Logistic regression, balanced over classes."""
    return LogisticRegression(C=10, max_iter=300, class_weight="balanced")


def sklearn_words() -> Peer:
    """scikit-learn: words, logistic regression."""
    return Pipeline([("vectors", words()), ("model", logistic())])


def sklearn_words_characters() -> Peer:
    """scikit-learn: words and characters, logistic regression."""
    return Pipeline([("vectors", words_and_characters()), ("model", logistic())])


def sklearn_svc() -> Peer:
    """scikit-learn: words and characters, linear support vectors."""
    return Pipeline([("vectors", words_and_characters()), ("model", LinearSVC(C=1, class_weight="balanced"))])


class FastText:
    """fastText with 100 epochs, characters or not by what is better on a tenth of the training texts.

    Source:
        Joulin et al. 2016, arXiv:1607.01759; the epochs because its default of 5 is far too few for small sets.
    """

    def __init__(self, kinds: Sequence[tuple[int, int]] = ((0, 0), (3, 5)), epochs: int = 100) -> None:
        self._kinds, self._epochs = kinds, epochs

    def fit(self, texts: Sequence[str], labels: Columns) -> "FastText":
        """Try both on nine tenths, then learn from everything with the better."""
        lines = [f"__label__{label} {_one_line(text)}" for text, label in zip(texts, labels, strict=True)]
        held = np.random.default_rng(0).permutation(len(lines)) < len(lines) // 10
        scores = {}
        for kind in self._kinds if len(self._kinds) > 1 else ():
            self._model = self._trained([line for line, out in zip(lines, held, strict=True) if not out], kind)
            judged = self.predict([text for text, out in zip(texts, held, strict=True) if out])
            scores[kind] = f1_score(labels[held], judged, average="macro")
        self._model = self._trained(lines, max(scores, key=scores.__getitem__) if scores else self._kinds[0])
        return self

    def predict(self, texts: Sequence[str]) -> Columns:
        """Return the likeliest label of each text."""
        # Many lines at once give every label the same probability under NumPy 2.
        found = [self._model.predict(_one_line(text))[0] for text in texts]
        return np.array([int(label[0].removeprefix("__label__")) if label else 0 for label in found], np.int32)

    def _trained(self, lines: Sequence[str], kind: tuple[int, int]) -> "fasttext.FastText._FastText":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "texts.txt")
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            sizes = {"dim": 64, "wordNgrams": 2, "minn": kind[0], "maxn": kind[1], "bucket": 1 << 18}
            return fasttext.train_supervised(str(path), epoch=self._epochs, lr=0.3, thread=1, verbose=0, **sizes)


PEERS: dict[str, Callable[[], Peer]] = {
    "scikit-learn, words + logistic regression": sklearn_words,
    "scikit-learn, words and characters + logistic regression": sklearn_words_characters,
    "scikit-learn, words and characters + linear SVC": sklearn_svc,
    "fastText, tuned": FastText,
    "MiniLM-L6, frozen + logistic regression": FrozenEncoder,
    "MiniLM-L6, words and characters + logistic regression": lambda: FrozenEncoder(words_and_characters()),
}


def _one_line(text: str) -> str:
    return " ".join(text.lower().split())


if os.environ.get("OMP_NUM_THREADS") != "1":
    raise SystemExit("start the benchmark by `make bench-text`, or with OMP_NUM_THREADS=1: a cost is of one thread")
