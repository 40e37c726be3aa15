"""The questions a model answers, and how labels become columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from training.corpus import Example
from triage.labels import Language, Sentiment, Topic, Urgency

Heads = Mapping[str, tuple[str, ...]]  # head to its labels in column order
Columns = npt.NDArray[np.int32]
Matrices = Mapping[str, npt.NDArray[np.float32]]  # head to (mails, labels of the head)

UNLABELLED = -1

# The language head tells English from German; other languages are known by their function words
# (`training/languages.py`), for the corpus has no mail in them.
MAIL_HEADS: Heads = MappingProxyType(
    {
        "topic": tuple(Topic),
        "sentiment": tuple(Sentiment),
        "urgency": tuple(Urgency),
        "action_required": ("no", "yes"),
        "language": (Language.ENGLISH, Language.GERMAN),
    }
)


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of some mails.

    Attributes:
        columns: Head to int32 (mails,), the label's place in the head, -1 where nobody labelled.
    """

    heads: Heads
    columns: Mapping[str, Columns]

    def __getitem__(self, head: str) -> Columns:
        """Return the column of a head."""
        return self.columns[head]

    def __iter__(self) -> Iterator[str]:
        """Name the heads, in order."""
        return iter(self.heads)

    def __len__(self) -> int:
        """Return the number of mails."""
        return len(next(iter(self.columns.values())))

    def of(self, mails: npt.NDArray[np.int64]) -> "Labels":
        """Return what is known of some of the mails."""
        return Labels(self.heads, {head: column[mails] for head, column in self.columns.items()})


def heads_of(examples: Sequence[Example]) -> Heads:
    """Return the product's heads, with the topics of these examples if they name others than the product's nine."""
    topics = {example.topic for example in examples if example.topic is not None}
    if topics <= set(Topic):
        return MAIL_HEADS
    return {**MAIL_HEADS, "topic": tuple(sorted(topics))}


def labels_of(examples: Sequence[Example], heads: Heads = MAIL_HEADS) -> Labels:
    """Return the column of each example's label per head, -1 where it has none."""
    places = {head: {name: place for place, name in enumerate(names)} for head, names in heads.items()}
    return Labels(
        heads,
        {
            head: np.array([of_label.get(_label(example, head) or "", UNLABELLED) for example in examples], np.int32)
            for head, of_label in places.items()
        },
    )


def size_of(heads: Heads) -> int:
    """Return the number of labels over all heads."""
    return sum(map(len, heads.values()))


def _label(example: Example, head: str) -> str | None:
    value = getattr(example, head)
    if head == "action_required" and value is not None:
        return "yes" if value else "no"
    return value  # type: ignore[no-any-return]
