"""The model: TF-IDF of words and characters, a logistic regression for each of four labels, in a pickle.

python -m benchmarks.naive.train FILE.pickle [--mails N]
"""

import argparse
import pickle
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from training.corpus import triage_corpus

LABELS = ("topic", "sentiment", "urgency", "action_required")


def train(mails: int | None = None) -> Pipeline:
    """Learn from the written corpus; one set of vectors serves all four labels."""
    examples = triage_corpus()
    examples = examples[:: max(1, len(examples) // mails)] if mails else examples
    vectors = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)),
        ]
    )
    model = Pipeline([("vectors", vectors), ("labels", MultiOutputClassifier(LogisticRegression(C=10, max_iter=300)))])
    texts = [f"{example.subject}\n{example.body}" for example in examples]
    return model.fit(texts, [[str(getattr(example, label)) for label in LABELS] for example in examples])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.naive.train")
    parser.add_argument("file", type=Path)
    parser.add_argument("--mails", type=int, help="learn from about so many, all unless told")
    told = parser.parse_args()
    told.file.parent.mkdir(parents=True, exist_ok=True)
    told.file.write_bytes(pickle.dumps(train(told.mails)))


if __name__ == "__main__":
    main()
