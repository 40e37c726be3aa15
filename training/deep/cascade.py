"""When the deep stage is asked, and how much it counts: per head and language, fitted on mail nobody learned from.

A mail's fast reading stands where it is sure enough. Where it is not, both stages' beliefs are mixed. A head in a
language for which mixing does not pay keeps the fast reading alone, whatever the mail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.calibration import fit_temperature, softmax
from training.evaluate import score_of
from training.heads import UNLABELLED, Labels, Matrices

LOSS = 0.002  # of the head's figure, that asking the deep stage less often may cost
PAYS = 0.003  # gain of the head's figure, below which the deep stage is left off
_SHARES = np.linspace(0.1, 0.7, 7)
_THRESHOLDS = np.linspace(0.4, 1.0, 31)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cascade:
    """How the two stages go together.

    Attributes:
        shares: Head to language to the deep stage's share in the mixed belief, 0 where it does not pay.
        thresholds: Head to language to the confidence below which a fast reading is unsure, 0 where the deep stage does
            not pay.
        deep_temperatures: Head to the divisor of the deep stage's logits.
        temperatures: Head to the divisor of the mixed log-probabilities.
    """

    shares: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, Mapping[str, float]]
    deep_temperatures: Mapping[str, float]
    temperatures: Mapping[str, float]

    def pays(self) -> bool:
        """Say whether the deep stage is ever asked."""
        return any(share > 0 for shares in self.shares.values() for share in shares.values())


def fit_cascade(fast: Matrices, deep: Matrices, labels: Labels, languages: Sequence[str]) -> Cascade:
    """Fit the cascade.

    Args:
        fast: Calibrated probabilities per head.
        deep: Logits per head, of the heads that the deep stage has.
        labels: What is true.
        languages: Language of each mail; those of the labels' language head take part.
    """
    names = [str(name) for name in labels.heads["language"]]
    of_language = {name: np.array([language == name for language in languages]) for name in names}
    shares, thresholds, temperatures, deep_temperatures = {}, {}, {}, {}
    for head in deep:
        deep_temperatures[head] = fit_temperature(deep[head], labels[head])
        beliefs = np.log(fast[head] + 1e-9), np.log(softmax(deep[head] / deep_temperatures[head]) + 1e-9)
        shares[head] = {name: _share(head, *beliefs, labels, rows) for name, rows in of_language.items()}
        share = np.array([shares[head].get(language, 0.0) for language in languages])[:, None]
        mixed = (1 - share) * beliefs[0] + share * beliefs[1]
        temperatures[head] = fit_temperature(mixed, labels[head])
        thresholds[head] = {
            name: _threshold(head, fast[head], mixed, labels, rows) if shares[head][name] else 0.0
            for name, rows in of_language.items()
        }
    return Cascade(shares, thresholds, deep_temperatures, temperatures)


def unsure(fast: Matrices, languages: Sequence[str], cascade: Cascade) -> npt.NDArray[np.bool_]:
    """Return which mails go to the deep stage: those with a head that is unsure and for which it pays."""
    asked = np.zeros(len(languages), np.bool_)
    for head, thresholds in cascade.thresholds.items():
        threshold = np.array([thresholds.get(language, 0.0) for language in languages])
        asked |= fast[head].max(axis=1) < threshold
    return asked


def mixed_probabilities(
    fast: Matrices, deep: Matrices, languages: Sequence[str], cascade: Cascade
) -> dict[str, Floats]:
    """Return what both stages believe together, as the exported graph computes it."""
    result = {head: np.asarray(matrix, np.float32) for head, matrix in fast.items()}
    for head in deep:
        share = np.array([cascade.shares[head].get(language, 0.0) for language in languages])[:, None]
        own = np.log(softmax(deep[head] / cascade.deep_temperatures[head]) + 1e-9)
        together = ((1 - share) * np.log(fast[head] + 1e-9) + share * own) / cascade.temperatures[head]
        result[head] = np.where(share > 0, softmax(together), fast[head]).astype(np.float32)
    return result


def _share(head: str, fast: Floats, deep: Floats, labels: Labels, of_language: npt.NDArray[np.bool_]) -> float:
    rows = of_language & (labels[head] != UNLABELLED)
    if not rows.any():
        return 0.0
    truth = labels[head][rows]
    mixes = {float(share): (1 - share) * fast[rows] + share * deep[rows] for share in _SHARES}
    surprise = {share: -float(np.mean(_log_softmax(mix)[np.arange(len(truth)), truth])) for share, mix in mixes.items()}
    best = min(surprise, key=surprise.__getitem__)
    classes = len(labels.heads[head])
    gain = score_of(head, truth, mixes[best].argmax(axis=1), classes) - score_of(
        head, truth, fast[rows].argmax(axis=1), classes
    )
    return round(best, 2) if gain >= PAYS else 0.0


def _threshold(head: str, fast: Floats, mixed: Floats, labels: Labels, of_language: npt.NDArray[np.bool_]) -> float:
    """Return the lowest threshold that costs no more than `LOSS` against asking about every mail."""
    rows = of_language & (labels[head] != UNLABELLED)
    truth, confidence = labels[head][rows], fast[rows].max(axis=1)
    classes = len(labels.heads[head])
    alone, together = fast[rows].argmax(axis=1), mixed[rows].argmax(axis=1)
    wanted = score_of(head, truth, together, classes) - LOSS
    for threshold in _THRESHOLDS:
        if score_of(head, truth, np.where(confidence < threshold, together, alone), classes) >= wanted:
            return round(float(threshold), 2)
    return 1.0


def _log_softmax(logits: Floats) -> Floats:
    return np.asarray(np.log(softmax(logits) + 1e-9), np.float32)
