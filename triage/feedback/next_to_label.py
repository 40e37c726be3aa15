"""Which emails to label next: those whose labels would teach most.

That is where the model is unsure, and not ten times where mails are alike, for of these one label says nearly all. So a
mail is worth how unsure the mails are that it speaks for, itself among them, and speaks for those alone that none of
the mails chosen before it speaks for better.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from sqlalchemy.orm import Session

from triage.errors import MailboxNotFound
from triage.memory.representation import embedding_of
from triage.ranking import HEADS
from triage.storage.mailboxes import mailbox_id
from triage.storage.unlabelled import Unlabelled, least_sure

CANDIDATES = 400  # the least sure, of which some are chosen that differ
MOST_AT_ONCE = 100

Numbers = Sequence[float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An email that may be labelled.

    Attributes:
        uncertainty: From 0, where every head is sure, to 1, where every label is as likely as another.
        space: Only candidates of one space can be alike.
        place: Where it lies in its space.
    """

    email_id: int
    uncertainty: float
    space: str
    place: Numbers


def next_to_label(session: Session, mailbox: str, *, limit: int) -> list[Candidate]:
    """Return the emails of a mailbox to label next, the one that teaches most first; nobody has labelled them yet.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    found = mailbox_id(session, mailbox)
    if found is None:
        raise MailboxNotFound(mailbox)
    return most_telling([candidate_of(one) for one in least_sure(session, found, limit=CANDIDATES)], limit)


def candidate_of(email: Unlabelled) -> Candidate:
    """Return an unlabelled email as a candidate."""
    beliefs = {head: _belief(email.distributions[head]) for head in HEADS}
    uncertainty = sum(map(_openness, beliefs.values())) / len(HEADS)
    seen = embedding_of(email.representation)
    if any(seen):
        return Candidate(email.id, uncertainty, f"{email.model_version}, {len(seen)} numbers", seen)
    # Without a representation mails differ where their distributions do.
    believed = [p for head in HEADS for p in beliefs[head].values()]
    return Candidate(email.id, uncertainty, ", ".join(beliefs["topic"]), believed)


def most_telling(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """Choose candidates one by one, each time the one that tells most beyond those chosen before.

    Source:
        Greedy facility location, weighed by uncertainty; a gain only falls as more is chosen, so most need not be
        computed again (Minoux 1978, "Accelerated greedy algorithms for maximizing submodular set functions").
    """
    likeness, unsure = _likeness(candidates), [one.uncertainty for one in candidates]
    told = [0.0] * len(candidates)
    gains = [(-math.fsum(map(mul, unsure, row)), place) for place, row in enumerate(likeness)]
    heapq.heapify(gains)
    chosen: list[Candidate] = []
    while gains and len(chosen) < limit:
        _, place = heapq.heappop(gains)
        row = likeness[place]
        more = (weight * (like - known) for weight, like, known in zip(unsure, row, told, strict=True) if like > known)
        gain = (-math.fsum(more), place)
        if gains and gain > gains[0]:
            heapq.heappush(gains, gain)
            continue
        chosen.append(candidates[place])
        told = list(map(max, told, row))
    return chosen


def _belief(distribution: Any) -> Mapping[str, float]:
    return distribution if isinstance(distribution, Mapping) else {"yes": distribution, "no": 1.0 - distribution}


def _openness(belief: Mapping[str, float]) -> float:
    """Return the entropy of a distribution as a share of the highest it could have."""
    if len(belief) < 2:
        return 0.0
    return -math.fsum(p * math.log(p) for p in belief.values() if p > 0.0) / math.log(len(belief))


def _likeness(candidates: Sequence[Candidate]) -> list[list[float]]:
    """Return how alike each two are, from 0 to 1: the square of the cosine about the middle of their space."""
    by_space: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(candidates):
        by_space[one.space].append(place)
    likeness = [[0.0] * len(candidates) for _ in candidates]
    for places in by_space.values():
        directions = _directions([candidates[place].place for place in places])
        for row, (place, direction) in enumerate(zip(places, directions, strict=True)):
            likeness[place][place] = 1.0
            for other, across in zip(places[:row], directions[:row], strict=True):
                # Both have length 1; `dist` does the sum in C.
                cosine = 1.0 - math.dist(direction, across) ** 2 / 2
                likeness[place][other] = likeness[other][place] = max(cosine, 0.0) ** 2
    return likeness


def _directions(places: Sequence[Numbers]) -> list[tuple[float, ...]]:
    middle = [math.fsum(column) / len(places) for column in zip(*places, strict=True)]
    found = []
    for place in places:
        apart = [number - mean for number, mean in zip(place, middle, strict=True)]
        length = math.hypot(*apart) or 1.0
        found.append(tuple(number / length for number in apart))
    return found
