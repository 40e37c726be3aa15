"""The questions a model answers, and how labels become columns."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from training.corpus import Example
from triage.labels import Language, Sentiment, Topic, Urgency

Labels = Mapping[str, npt.NDArray[np.int32]]  # head to (mails,), -1 where nobody labelled
Matrices = Mapping[str, npt.NDArray[np.float32]]  # head to (mails, labels of the head)

UNLABELLED = -1

# Head to its labels in column order. The language head tells English from German; other languages are known by their
# function words (`training/languages.py`), for the corpus has no mail in them.
HEADS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "topic": tuple(Topic),
        "sentiment": tuple(Sentiment),
        "urgency": tuple(Urgency),
        "action_required": ("no", "yes"),
        "language": (Language.ENGLISH, Language.GERMAN),
    }
)


def labels_of(examples: Sequence[Example]) -> dict[str, npt.NDArray[np.int32]]:
    """Return the column of each example's label per head, -1 where it has none."""
    return {head: np.array([_column(example, head) for example in examples], np.int32) for head in HEADS}


def _column(example: Example, head: str) -> int:
    value = getattr(example, head)
    if head == "action_required" and value is not None:
        value = "yes" if value else "no"
    return HEADS[head].index(value) if value in HEADS[head] else UNLABELLED
