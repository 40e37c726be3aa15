"""Which mails are predicted by a model that saw neither them nor their like."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.corpus import Example

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fold:
    """One side to learn from and one to be judged on, as positions in the list of examples, ascending."""

    train: Places
    test: Places


def folds_by_domain(examples: Sequence[Example], folds: int) -> list[Fold]:
    """Deal whole domains into folds: the largest domain next, always to the smallest fold so far.

    A mail without a domain goes by its group, and groups and domains are never torn apart.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        members[example.domain or example.group].append(place)
    parts: list[list[int]] = [[] for _ in range(min(folds, len(members)))]
    for name in sorted(members, key=lambda name: (-len(members[name]), name)):
        min(parts, key=len).extend(members[name])
    everything = np.arange(len(examples))
    return [Fold(train=np.setdiff1d(everything, part), test=np.sort(np.array(part))) for part in parts]
