"""Sample mail for `triage up --demo`: one organisation's `info@`, five days of it.

The letters are invented; `python -m training.sample_mail` made them, all but the newest thirteen from the triage
corpus, on which the shipped model is trained. They show how the inbox works and say nothing of how good the model is.
`mail/index.jsonl` names the row behind each file with its labels, for comparing the ranking with the truth.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesHeaderParser
from importlib import resources

from triage.demo.hours import moment, share

_NEWEST = timedelta(minutes=3)  # before `now`
# Mail about what happens just now keeps its distance to the newest, be it night or day.
_JUST_NOW = timedelta(minutes=36)


def sample_mail(now: datetime) -> Iterator[tuple[bytes, datetime]]:
    """Yield every sample message, oldest first, with the time at which it is taken as received.

    The bytes are the same at each call, so a message that is stored already is recognised; only the times move with
    `now`. The newest is three minutes old and the oldest less than five days; what is older than an hour is denser in
    the working hours of its zone.

    Args:
        now: Aware.
    """
    files = [entry for entry in resources.files(__name__).joinpath("mail").iterdir() if entry.name.endswith(".eml")]
    messages = [file.read_bytes() for file in sorted(files, key=lambda file: file.name)]
    dates = [_date(raw) for raw in messages]
    newest = max(dates)
    for raw, date in zip(messages, dates, strict=True):
        end = _before(now, _NEWEST + min(newest - date, _JUST_NOW))
        yield raw, moment(share(date, newest - _JUST_NOW), end)


def _before(instant: datetime, length: timedelta) -> datetime:
    # Subtracted in UTC: on the clock, three minutes before the end of a skipped hour would lie after it.
    return (instant.astimezone(UTC) - length).astimezone(instant.tzinfo)


def _date(raw: bytes) -> datetime:
    date: datetime = BytesHeaderParser(policy=policy.default).parsebytes(raw)["Date"].datetime
    return date
