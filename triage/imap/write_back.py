"""Telling the server what we made of an email: a keyword, or a move, by band.

Only what is committed is told. The server is told first and that is noted afterwards, so whoever is stopped between the
two tells it again, which changes nothing: a keyword that is set stays set, and what was moved is not there any more.
An email is moved once, after its first verdict: where a person has put it since is no business of ours. That is
remembered of the email and not of its UID, which changes when it is moved and when the folder is renumbered.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from triage.errors import InvalidAccount, MailServerUnavailable
from triage.imap.account import WriteBack, WriteBackBy
from triage.imap.connection import MailServer
from triage.imap.door import Door
from triage.labels import Band
from triage.storage.written import Untold, note_told, untold

AT_ONCE = 500


def tell_bands(
    server: MailServer, door: Door, write_back: WriteBack, *, keep: Callable[[], None] = lambda: None
) -> int:
    """Tell the server every band that it does not know yet; return of how many messages.

    `keep` is called now and then, so that whoever waits for us knows that we live; what it raises ends the telling.

    Raises:
        CommandRefused: The server does not take it.
        InvalidAccount: The server cannot move messages.
        FolderNotFound: A folder is gone.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        StorageUnavailable: The database does not answer.
    """
    if write_back.by is WriteBackBy.MOVE and not server.can_move:
        raise InvalidAccount(
            f"{door.account.host} cannot move mail in one step (RFC 6851), and nothing less is safe; "
            "write keywords back instead"
        )
    told = 0
    while messages := _untold(door):
        for _, group in groupby(messages, key=lambda one: (one.folder, one.band, one.told or "")):
            _tell(server, door, write_back, list(group))
            keep()
        told += len(messages)
    return told


def _untold(door: Door) -> list[Untold]:
    with door.database.reading() as session:
        found = untold(session, door.account.id, limit=AT_ONCE)
    return sorted(found, key=lambda one: (one.folder, one.band, one.told or "", one.uid))


def _tell(server: MailServer, door: Door, write_back: WriteBack, alike: Sequence[Untold]) -> None:
    first, uids = alike[0], [one.uid for one in alike]
    now, before = _name(write_back, first.band), _name(write_back, first.told)
    is_to_be_told = now != before if write_back.by is WriteBackBy.KEYWORD else now is not None and first.told is None
    if is_to_be_told:
        # Under another UIDVALIDITY these UIDs name other messages.
        if server.open_to_write(first.folder).uidvalidity != first.uidvalidity:
            raise MailServerUnavailable(f"{first.folder} was renumbered meanwhile; it is read anew")
        if write_back.by is WriteBackBy.KEYWORD:
            server.change_keywords(uids, add=[now] if now else [], remove=[before] if before else [])
        elif now is not None:
            server.move(uids, now)
    with door.database.unit_of_work() as session:
        note_told(session, door.account.id, alike)


def _name(write_back: WriteBack, band: str | None) -> str | None:
    return None if band is None else write_back.of.get(Band(band))
