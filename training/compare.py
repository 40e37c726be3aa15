"""The figures of scikit-learn on our mails and folds; `python -m training.compare` prints them for docs/model.md.

The peer is the strongest simple one: TF-IDF over words (1-2) and characters (2-5), logistic regression, balanced
classes. It needs the development dependencies.
"""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from training.config import RunConfig
from training.corpus import triage_corpus
from training.evaluate import Figures, figures_of, mean_figures
from training.heads import HEADS, UNLABELLED, Labels, labels_of
from training.splits import Fold, folds_by_domain
from training.text import mail_text


def peer_figures(texts: list[str], labels: Labels, folds: list[Fold]) -> Figures:
    """Return the mean figures of the peer over the folds."""
    return mean_figures([_judged(texts, labels, fold) for fold in folds])


def _judged(texts: list[str], labels: Labels, fold: Fold) -> Figures:
    vectors = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)),
        ]
    )
    seen = vectors.fit_transform([texts[mail] for mail in fold.train])
    unseen = vectors.transform([texts[mail] for mail in fold.test])
    probabilities = {}
    for head, names in HEADS.items():
        truth = labels[head][fold.train]
        model = LogisticRegression(C=10, max_iter=300, class_weight="balanced")
        model.fit(seen[truth != UNLABELLED], truth[truth != UNLABELLED])
        probabilities[head] = np.zeros((len(fold.test), len(names)))
        probabilities[head][:, model.classes_] = model.predict_proba(unseen)
    columns = {head: matrix.argmax(axis=1) for head, matrix in probabilities.items()}
    return figures_of({head: column[fold.test] for head, column in labels.items()}, columns, probabilities)


def main() -> None:
    """Print the peer's figures, one per line."""
    examples = triage_corpus()
    texts = ["\n".join(mail_text(example)) for example in examples]
    folds = folds_by_domain(examples, RunConfig().folds)
    for name, figure in peer_figures(texts, labels_of(examples), folds).items():
        print(f"{name}\t{figure:.3f}")  # noqa: T201 - the figures are this command's result


if __name__ == "__main__":
    main()
