"""What the models of a cross-validation read of mail whose domain they never saw, kept in a file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.heads import Matrices
from training.splits import Fold


def write_foldout(path: Path, folds: Sequence[Fold], read: Sequence[Matrices]) -> None:
    """Write the readings of all test sides into one `.npz`.

    The file has `mail`, int64 (mails,), the place of each mail among the judged examples, and under each head's name
    the probabilities, float32 (mails, labels), rows in the order of `mail`, columns in that of the head.

    Args:
        path: File to write, replaced if it is there.
        folds: Who was judged in which fold.
        read: Per fold, the probabilities of its test mails, as in `Findings.read`.
    """
    mail = np.concatenate([fold.test for fold in folds])
    heads = {head: np.concatenate([one[head] for one in read]).astype(np.float32) for head in read[0]}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # An open file keeps NumPy from adding a suffix of its own.
        np.savez_compressed(file, mail=mail, **heads)  # type: ignore[arg-type]
