"""Hours of the day, business hours, and when something is due that is to be done within some of these."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Nothing is due later than this many days ahead: who opens that rarely answers by other means.
LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of a day; where `end` is not after `begin` they go on past midnight. `end` itself is outside."""

    begin: time
    end: time

    def __contains__(self, moment: time) -> bool:
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M} to {self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When mail is answered.

    Attributes:
        spans: Of each day of the week from Monday the hours, none where it is closed; none of them passes midnight, and
            one that ends at 00:00 ends with the day.
        holidays: Days on which it is closed.
    """

    zone: tzinfo = UTC
    spans: tuple[Span | None, ...] = (Span(time(0), time(0)),) * len(DAYS)
    holidays: frozenset[date] = field(default_factory=frozenset)

    def after(self, moment: datetime, worked: timedelta) -> datetime | None:
        """Return when so much business time has passed since a moment; `None` where that is more than a year away.

        Time is measured as it passes: a day on which clocks change is an hour shorter or longer.
        """
        day, moment = moment.astimezone(self.zone).date(), moment.astimezone(UTC)
        for number in range(LONGEST_DAYS):
            opening = self._opening(day + timedelta(days=number))
            if opening is None:
                continue
            begin, end = max(opening[0], moment), opening[1]
            if end - begin >= worked and begin < end:
                return begin + worked
            worked -= max(end - begin, timedelta(0))
        return None

    def _opening(self, day: date) -> tuple[datetime, datetime] | None:
        """Return when a day begins and ends, in UTC, where differences are what passes."""
        span = self.spans[day.weekday()]
        if span is None or day in self.holidays:
            return None
        last = day + timedelta(days=1) if span.end == time(0) else day
        return self._utc(day, span.begin), self._utc(last, span.end)

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)
