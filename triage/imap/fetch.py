"""Messages from the open folder as submissions, each held to the size that intake takes."""

from collections.abc import Iterator, Sequence

from triage.errors import MailServerBusy, MailServerUnavailable, MalformedMessage
from triage.imap.remote import Fetched
from triage.imap.server import MailServer
from triage.imap.stumbles import Stumbles
from triage.intake import Submission
from triage.mail.bounds import check_size

# Sizes are asked for so many at a time; bodies in smaller batches, by what they weigh.
UIDS_AT_ONCE = 1000
# Of a message that is too large to be read: its header and some more.
BEGINNING_BYTES = 64 * 2**10


def batches(server: MailServer, uids: Sequence[int], stumbles: Stumbles) -> Iterator[list[tuple[int, Submission]]]:
    """Fetch messages, oldest first, batch by batch; those that are gone, or hopeless, are left out.

    Raises:
        MailServerBusy: The server asks us to come back later.
        MailServerUnavailable: It broke off; the messages at which it did are suspects from now on.
    """
    for begin in range(0, len(uids), UIDS_AT_ONCE):
        sizes = server.sizes(uids[begin : begin + UIDS_AT_ONCE])
        for batch in stumbles.batches({uid: size for uid, size in sizes.items() if not stumbles.is_hopeless(uid)}):
            try:
                mail = _fetch(server, batch, sizes)
            except MailServerBusy:
                raise
            except MailServerUnavailable:
                stumbles.note(batch)
                raise
            stumbles.forget(batch)
            yield mail


def _fetch(server: MailServer, batch: Sequence[int], sizes: dict[int, int]) -> list[tuple[int, Submission]]:
    faults = {uid: fault for uid in batch if (fault := _too_large(sizes[uid])) is not None}
    whole = [uid for uid in batch if uid not in faults]
    fetched: list[Fetched] = server.messages(whole) if whole else []
    beginnings = (server.beginning(uid, BEGINNING_BYTES) for uid in faults)
    fetched.extend(one for one in beginnings if one is not None)
    return [
        (one.uid, Submission(one.raw, received_at=one.received_at, fault=faults.get(one.uid)))
        for one in sorted(fetched, key=lambda one: one.uid)
    ]


def _too_large(size: int) -> MalformedMessage | None:
    try:
        check_size(size)
    except MalformedMessage as error:
        return error
    return None
