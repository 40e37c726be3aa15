"""What the embeddings of mails have in common, which memory takes off them (`triage/memory/vectors.py`).

    python -m training.centre

The mean over the written corpus, English and German alike, of embeddings at length 1. It rests on the table of
embeddings alone: whoever distils another (`benchmarks/distill.py`) and trains a bundle with it runs this again.
"""

import numpy as np

from training.corpus.written import triage_corpus
from triage.mail import MailText
from triage.memory.representation import HEADER
from triage.memory.vectors import CENTRE, Floats
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import load_text_model


def centre_of(texts: list[MailText]) -> Floats:
    """Return the mean of the embeddings of mails: float32 (dimensions,), as the shipped bundle represents them."""
    readings = load_text_model(DEFAULT_BUNDLE, deep=False).read(texts)
    codes = [np.frombuffer(one.representation, np.int8, one.representation[1], HEADER) for one in readings]
    embeddings = np.array([one for one in codes if one.any()], np.float32)
    return np.asarray(np.mean(embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True), axis=0), np.float32)


if __name__ == "__main__":
    np.save(CENTRE, centre_of([MailText(example.subject, example.body) for example in triage_corpus()]))
