"""What ranking bought, from a mailbox's own history: plain arithmetic, nothing estimated.

People dealt with mail at certain moments. First come, first served would have given the first of these moments to the
mail that came first, the second to the second, and so on; none of them is before its mail came, for as many mails had
come by a moment as were dealt with by then. So both orders have the same moments and the same mail, and on the mean
of all mail neither waits longer: what critical mail gains, other mail pays.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from triage.labels import Band, topic_key
from triage.storage.reports import Passage, Saying


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mean waiting times of some mail, from its arrival until it was dealt with.

    Attributes:
        served: In the order in which people did.
        in_turn: First come, first served.
    """

    mails: int
    served: timedelta
    in_turn: timedelta


@dataclass(frozen=True, slots=True)
class Position:
    """Mean positions of some mail in the list at the moment it came, 1 for the top.

    Attributes:
        ranked: In the ranked list.
        in_turn: In the order of arrival.
    """

    mails: int
    ranked: float
    in_turn: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often the model and people named the same topic, in a week that begins on a Monday."""

    week: date
    mails: int
    same: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.same / self.mails


def waiting_of(passages: Iterable[Passage], wanted: Callable[[Passage], bool]) -> Waiting | None:
    """Return how long the wanted among the mails that were dealt with waited; `None` where there are none."""
    handled = [(one, one.handled_at) for one in passages if one.handled_at and one.handled_at >= one.received_at]
    moments = sorted(moment for _, moment in handled)
    arrived = sorted(handled, key=lambda pair: pair[0].received_at)
    told = [
        (moment - one.received_at, in_turn - one.received_at)
        for (one, moment), in_turn in zip(arrived, moments, strict=True)
        if wanted(one)
    ]
    if not told:
        return None
    served, in_turn = (sum(times, timedelta(0)) / len(told) for times in zip(*told, strict=True))
    return Waiting(len(told), served, in_turn)


def position_of(passages: Sequence[Passage], wanted: Callable[[Passage], bool]) -> Position | None:
    """Return where the wanted mails stood among those that waited when they came; `None` where there are none.

    Args:
        passages: In order of arrival.
        wanted: Says which mails.
    """
    ranks: list[datetime] = []  # of those that wait, the most pressing first
    leaving: list[tuple[datetime, datetime]] = []  # when they will be dealt with, and their rank
    told: list[tuple[int, int]] = []
    for one in passages:
        while leaving and leaving[0][0] <= one.received_at:
            del ranks[bisect_left(ranks, heappop(leaving)[1])]
        if wanted(one):
            told.append((bisect_left(ranks, one.rank_at) + 1, len(ranks) + 1))
        if one.handled_at is None or one.handled_at > one.received_at:
            insort(ranks, one.rank_at)
            if one.handled_at is not None:
                heappush(leaving, (one.handled_at, one.rank_at))
    if not told:
        return None
    ranked, in_turn = (sum(places) / len(told) for places in zip(*told, strict=True))
    return Position(len(told), ranked, in_turn)


def is_critical(passage: Passage) -> bool:
    """Say whether an email is critical as it stands now: by what people said of it, else by the model."""
    return passage.band == Band.CRITICAL


def by_day(
    passages: Iterable[Passage], days: Sequence[date], name: Callable[[Passage], str]
) -> Mapping[str, Sequence[int]]:
    """Return for each name how many mails came on each of some days, the commonest name first."""
    counts: Counter[tuple[str, date]] = Counter((name(one), one.received_at.date()) for one in passages)
    totals: Counter[str] = Counter()
    for (said, _), count in counts.items():
        totals[said] += count
    return {said: [counts[said, day] for day in days] for said, _ in totals.most_common()}


def agreements(sayings: Iterable[Saying]) -> list[Agreement]:
    """Return week by week how often the model and people named the same topic; weeks without a label are left out."""
    weeks: dict[date, list[bool]] = defaultdict(list)
    for one in sayings:
        day = one.said_at.date()
        weeks[day - timedelta(days=day.weekday())].append(topic_key(one.person) == topic_key(one.model))
    return [Agreement(week, len(same), sum(same)) for week, same in sorted(weeks.items())]
