"""Whether a mailbox gets more mail than it usually does at this hour of the week.

What came in the last quarter of an hour is compared with what came in a quarter of the same hour of the week (in UTC),
the median of up to eight weeks before; of a mailbox that is younger than two weeks, with the mean quarter of its last
week. It is a surge from `TIMES` times as much on, and never below `FEWEST` emails: of a mailbox that is quiet at
night, two mails at once are none. Of a mailbox that is younger than a day nothing is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy.orm import Session

from triage.storage import arrivals
from triage.storage.arrivals import SLOT
from triage.storage.mailboxes import names_by_id

LATELY = timedelta(minutes=15)
TIMES, FEWEST = 3.0, 20
WEEK, WEEKS, FEWEST_WEEKS = timedelta(weeks=1), 8, 2
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """How much mail a mailbox gets.

    Attributes:
        recent: Emails of the last 15 minutes.
        usual: Emails of 15 minutes at this hour of the week; `None` where too little is known.
    """

    mailbox: str
    recent: int
    usual: float | None

    @property
    def is_surge(self) -> bool:
        """Whether it is much more than usual."""
        return self.usual is not None and self.recent >= max(FEWEST, TIMES * self.usual)

    @property
    def sentence(self) -> str:
        """The same in words."""
        if self.usual is None:
            return f"{self.recent} emails in 15 minutes; what is usual is not known yet"
        return f"{self.recent} emails in 15 minutes, where {self.usual:.1f} are usual at this hour of the week"


def rates(session: Session, now: datetime) -> list[Rate]:
    """Return how much mail each mailbox gets, by name, of those that ever got any since we count."""
    recent = arrivals.counted(session, [(now - LATELY, now + SLOT)])
    hour = now.replace(minute=0, second=0, microsecond=0)
    weeks = [hour - WEEK * back for back in range(1, WEEKS + 1)]
    by_week = [arrivals.counted(session, [(week, week + _HOUR)]) for week in weeks]
    known_since = arrivals.counted_since(session)
    of_week = arrivals.counted(session, [(now - WEEK, now - _HOUR)])
    names = names_by_id(session)
    found = []
    for mailbox_id, first in known_since.items():
        same_hour = [
            counts.get(mailbox_id, 0) / (_HOUR / LATELY)
            for week, counts in zip(weeks, by_week, strict=True)
            if first <= week
        ]
        usual = usual_of(same_hour, of_week.get(mailbox_id, 0), now - _HOUR - max(first, now - WEEK))
        found.append(Rate(names[mailbox_id], recent.get(mailbox_id, 0), usual))
    return sorted(found, key=lambda rate: rate.mailbox)


def usual_of(same_hour: list[float], of_last_week: int, known_for: timedelta) -> float | None:
    """Return what is usual in 15 minutes: by the same hour of weeks before, or by all of the last week."""
    if len(same_hour) >= FEWEST_WEEKS:
        return median(same_hour)
    return of_last_week / (known_for / LATELY) if known_for >= _DAY else None


def surges(all_rates: list[Rate]) -> Mapping[str, str]:
    """Return the mailboxes that have a surge, with a sentence."""
    return {rate.mailbox: rate.sentence for rate in all_rates if rate.is_surge}
