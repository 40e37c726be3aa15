"""What a strange server answers to SEARCH."""

import re
from datetime import date, datetime

from tests.imap_servers.strange_mail import Folder

_CHARSET = re.compile(r"^CHARSET \S+ ")


class UnknownCriterion(Exception):
    """A criterion that this server does not know."""


def found(folder: Folder, arguments: str) -> list[int]:
    """Return the UIDs of a folder that meet all criteria: `ALL`, `UID` with a set, `SINCE` with a date.

    Raises:
        UnknownCriterion: One is another.
    """
    uids = {message.uid for message in folder.messages}
    words = iter(_CHARSET.sub("", arguments.upper()).translate({ord(sign): None for sign in '()"'}).split())
    for criterion in words:
        if criterion == "UID":
            uids &= {message.uid for _, message in folder.within(next(words))}
        elif criterion == "SINCE":
            since = _date(next(words))
            uids &= {message.uid for message in folder.messages if _date(message.internal_date) >= since}
        elif criterion != "ALL":
            raise UnknownCriterion(criterion)
    return sorted(uids)


def _date(written: str) -> date:
    """Return a date; one that is none is the first there is."""
    try:
        return datetime.strptime(written.split()[0], "%d-%b-%Y").date()  # noqa: DTZ007 - only its day counts
    except (ValueError, IndexError):
        return date.min
