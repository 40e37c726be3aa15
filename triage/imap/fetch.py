"""Messages from the open folder as submissions, each held to the size that intake takes."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from triage.errors import CommandRefused, MailServerBusy, MalformedMessage
from triage.imap.remote import Fetched
from triage.imap.server import MailServer
from triage.imap.stumbles import Stumbles
from triage.intake import Submission
from triage.mail import bounds

# Sizes are asked for so many at a time; bodies in smaller batches, by what they weigh.
UIDS_AT_ONCE = 1000
# Of a message that is too large to be read: its header and some more.
BEGINNING_BYTES = 64 * 2**10
# One message spoils its neighbours' sizes now and then; a server that refuses more has another trouble.
MOST_REFUSED_SIZES = 20

_Told = TypeVar("_Told")


def batches(server: MailServer, uids: Sequence[int], stumbles: Stumbles) -> Iterator[list[tuple[int, Submission]]]:
    """Fetch messages, oldest first, batch by batch; those that are gone, or hopeless, are left out.

    Raises:
        CommandRefused: The server refuses a message that was asked for alone; it is a suspect from now on.
        MailServerBusy: The server asks us to come back later.
        MailServerUnavailable: It broke off; the messages at which it did are suspects from now on.
    """
    for begin in range(0, len(uids), UIDS_AT_ONCE):
        wanted = [uid for uid in uids[begin : begin + UIDS_AT_ONCE] if not stumbles.is_hopeless(uid)]
        sizes = _sizes(server, wanted, stumbles)
        for batch in stumbles.batches(sizes):
            for fetched, mail in _fetched(server, batch, sizes, stumbles):
                stumbles.forget(fetched)
                yield mail


def _sizes(server: MailServer, uids: Sequence[int], stumbles: Stumbles) -> dict[int, int]:
    """Return the sizes of messages that are there; 0 for those that no size is known of."""
    # What broke off before may do so again when its size is computed.
    sizes = {uid: 0 for uid in uids if stumbles.is_suspect(uid)}
    left: list[Sequence[int]] = [[uid for uid in uids if uid not in sizes]]
    refused = 0
    while left:
        part = left.pop()
        try:
            sizes |= _asked(server.sizes, part, stumbles)
        except CommandRefused:
            refused += len(part) == 1
            if refused > MOST_REFUSED_SIZES:
                raise
            if len(part) == 1:
                sizes[part[0]] = 0
            else:
                left += _halves(part)
    return sizes


def _fetched(
    server: MailServer, batch: Sequence[int], sizes: dict[int, int], stumbles: Stumbles
) -> Iterator[tuple[Sequence[int], list[tuple[int, Submission]]]]:
    """Yield a batch with its mail, or the parts of it when the server refuses something in it."""
    left = [batch]
    while left:
        part = left.pop()
        try:
            mail = _asked(lambda uids: _fetch(server, uids, sizes, stumbles), part, stumbles)
        except CommandRefused:
            if len(part) == 1:
                stumbles.note(part)
                raise
            left += reversed(_halves(part))
        else:
            yield part, mail


def _asked(ask: Callable[[Sequence[int]], _Told], uids: Sequence[int], stumbles: Stumbles) -> _Told:
    """Ask for messages; whatever breaks off is noted, but for a refusal, which may be of one among them."""
    try:
        return ask(uids)
    except CommandRefused:
        raise
    except MailServerBusy as error:
        if error.retry_after is None:
            stumbles.note(uids, is_busy=True)
        raise
    except Exception:
        stumbles.note(uids)
        raise


def _fetch(
    server: MailServer, uids: Sequence[int], sizes: dict[int, int], stumbles: Stumbles
) -> list[tuple[int, Submission]]:
    known = {uid: _size(server, uid, sizes, stumbles) for uid in uids}
    faults = {uid: fault for uid in uids if (fault := _too_large(known[uid])) is not None}
    whole = [uid for uid in uids if uid not in faults]
    fetched: list[Fetched] = server.messages(whole) if whole else []
    beginnings = (server.beginning(uid, BEGINNING_BYTES) for uid in faults)
    fetched.extend(one for one in beginnings if one is not None)
    return [
        (one.uid, _submission(one, faults.get(one.uid), known[one.uid]))
        for one in sorted(fetched, key=lambda one: one.uid)
    ]


def _submission(fetched: Fetched, fault: MalformedMessage | None, size_bytes: int) -> Submission:
    if fault is None:
        return Submission(fetched.raw, received_at=fetched.received_at)
    return Submission(fetched.raw, received_at=fetched.received_at, fault=fault, size_bytes=size_bytes)


def _size(server: MailServer, uid: int, sizes: dict[int, int], stumbles: Stumbles) -> int:
    """Return how large a message is; where that is unknown or in doubt, at least on which side of the limit."""
    in_doubt = not sizes[uid] or stumbles.is_suspect(uid)
    is_longer = in_doubt and server.is_longer(uid, bounds.MAX_MESSAGE_BYTES)
    return bounds.MAX_MESSAGE_BYTES + 1 if is_longer else sizes[uid]


def _too_large(size: int) -> MalformedMessage | None:
    try:
        bounds.check_size(size)
    except MalformedMessage as error:
        return error
    return None


def _halves(uids: Sequence[int]) -> list[Sequence[int]]:
    middle = len(uids) // 2
    return [uids[:middle], uids[middle:]]
