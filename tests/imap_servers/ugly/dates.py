"""Dates that never were."""

from tests.imap_servers.ugly.write import Mails, mail

_DATES = {
    "in_2050": "Sat, 01 Jan 2050 00:00:00 +0000",
    "in_1899": "Sun, 31 Dec 1899 23:59:59 +0000",
    "at_the_epoch": "Thu, 01 Jan 1970 00:00:00 +0000",
    "before_the_epoch": "Wed, 31 Dec 1969 23:59:59 +0000",
    "after_2038": "Tue, 19 Jan 2038 03:14:08 +0000",
    "day_0": "Mon, 00 Mar 2026 10:00:00 +0000",
    "day_31_of_february": "Sat, 31 Feb 2026 10:00:00 +0000",
    "unknown_month": "Mon, 02 Foo 2026 10:00:00 +0000",
    "year_0": "Mon, 02 Mar 0000 10:00:00 +0000",
    "year_1": "Mon, 01 Jan 0001 00:00:00 +1400",
    "year_9999": "Fri, 31 Dec 9999 23:59:59 -1400",
    "year_99999": "Mon, 02 Mar 99999 10:00:00 +0000",
    "year_below_0": "Mon, 02 Mar -2026 10:00:00 +0000",
    "year_of_two_digits": "Mon, 02 Mar 26 10:00:00 +0000",
    "hour_25": "Mon, 02 Mar 2026 25:00:00 +0000",
    "second_61": "Mon, 02 Mar 2026 10:00:61 +0000",
    "offset_of_99_hours": "Mon, 02 Mar 2026 10:00:00 +9999",
    "offset_of_many_digits": "Mon, 02 Mar 2026 10:00:00 +" + "9" * 400,
    "unknown_zone": "Mon, 02 Mar 2026 10:00:00 XYZT",
    "no_zone": "Mon, 02 Mar 2026 10:00:00",
    "as_seconds": "1772445600",
    "as_iso_8601": "2026-03-02T10:00:00Z",
    "in_german": "Mo, 2. März 2026 10:00:00",
    "no_time": "Mon, 02 Mar 2026",
    "empty": "",
    "none": None,
    "words": "yesterday, I think",
    "digits": "9" * 5_000,
    "of_a_million_letters": "x" * 1_000_000,
    "nul": "Mon, 02 Mar 2026 10:00:00 +0000\0",
}
_TRACES = {
    "without_date": "from a by b",
    "in_2050": "from a by b; Sat, 01 Jan 2050 00:00:00 +0000",
    "only_semicolons": ";" * 10_000,
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, date in _DATES.items():
        yield f"date_{name}", mail(Date=date)
    for name, trace in _TRACES.items():
        yield f"received_{name}", mail(Received=trace, Date=None)
