"""Which mails are predicted by a model that saw neither them nor their like."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.corpus import Example
from training.corpus.kin import kin_of

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fold:
    """One side to learn from and one to be judged on, apart by domain or group, as ascending places of examples."""

    train: Places
    test: Places


def folds_by_domain(examples: Sequence[Example], folds: int, *, judged: int | None = None) -> list[Fold]:
    """Deal whole domains into folds: the largest domain next, always to the smallest fold so far.

    A mail without a domain goes by its group, and groups and domains are never torn apart. Only the first `judged`
    examples are ever on a test side, all of them unless told otherwise; the others are learned from in every fold
    that judges no mail of their domain, nor of one that it is kin to.
    """
    owners = [example.domain or example.group for example in examples]
    members: dict[str, list[int]] = defaultdict(list)
    for place, owner in enumerate(owners[:judged]):
        members[owner].append(place)
    parts: list[list[str]] = [[] for _ in range(min(folds, len(members)))]
    for name in sorted(members, key=lambda name: (-len(members[name]), name)):
        min(parts, key=lambda part: sum(len(members[owner]) for owner in part)).append(name)
    return [_fold(owners, members, set(part)) for part in parts]


def _fold(owners: Sequence[str], members: Mapping[str, Sequence[int]], left_out: AbstractSet[str]) -> Fold:
    unseen = left_out | {owner for owner in set(owners) if kin_of(owner) & left_out}
    train = [place for place, owner in enumerate(owners) if owner not in unseen]
    test = sorted(place for owner in left_out for place in members[owner])
    return Fold(train=np.array(train, np.int64), test=np.array(test, np.int64))


def fold_by_group(groups: Sequence[int], labels: Sequence[str], *, test_share: float, seed: int) -> Fold:
    """Draw whole groups for the test side, until it has its share of every label.

    A group goes by the label of its first member, so that rare labels are on both sides.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    of_label: dict[str, list[int]] = defaultdict(list)
    for group, places in members.items():
        of_label[labels[places[0]]].append(group)
    draw = np.random.default_rng(seed)
    test: list[int] = []
    for label in sorted(of_label):
        drawn = [members[of_label[label][place]] for place in draw.permutation(len(of_label[label]))]
        wanted = test_share * sum(map(len, drawn))
        taken = 0
        for places in drawn:
            # A group too large for what is left stays; smaller ones after it may still fit.
            if taken + len(places) <= wanted:
                taken += len(places)
                test.extend(places)
    everything = np.arange(len(groups))
    chosen = np.sort(np.array(test, np.int64))
    return Fold(train=np.setdiff1d(everything, chosen), test=chosen)
