"""Putting off all mails of an incident until a moment, and what becomes of mail that joins it meanwhile.

New mail of a matter that is put off is put off with it: people know of the matter, and hundreds may write. But when the
first critical mail comes of a matter of which none was critical, all of it is back. What was put off by itself before
keeps its own moment. Each is one transaction, which holds the mailbox, so that no mail joins in between.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from triage.audit import note
from triage.handle import require_moment
from triage.storage import emails, incidents, snoozes
from triage.storage.incidents import Sleep
from triage.storage.session import Database


def snooze_all(database: Database, incident_id: int, until: datetime, now: datetime) -> int:
    """Put off the open mails of an incident until a moment; return how many.

    Said again, the later word counts, also for the mails that it put off before.

    Raises:
        IncidentNotFound: There is no such incident.
        InvalidSnooze: The moment has passed, or is years away.
    """
    require_moment(until, now)
    with database.unit_of_work() as session:
        sleep = _hold(session, incident_id)
        was_critical = incidents.has_critical(session, sleep.incident_id)
        incidents.change_incident(session, sleep.incident_id, snoozed_until=until, was_critical=was_critical)
        _note(session, "incident.snoozed", sleep.incident_id, until=until.isoformat())
        return _move(session, sleep.incident_id, (None, sleep.until), until)


def wake_all(database: Database, incident_id: int) -> int:
    """Undo it: put the mails of an incident back into the inbox that were put off together; return how many.

    Raises:
        IncidentNotFound: There is no such incident.
    """
    with database.unit_of_work() as session:
        sleep = _hold(session, incident_id)
        count = _wake(session, sleep)
        if count:
            _note(session, "incident.woken", sleep.incident_id)
        return count


def after_joining(
    session: Session, incident_id: int, joined: Collection[int], absorbed: Sequence[int], now: datetime
) -> None:
    """Let mail that joined an incident, or with an incident that it absorbed, sleep with it, or wake all of it.

    An incident that absorbs another, or is absorbed, sleeps on only where both do, until the earlier moment.
    """
    sleeps = incidents.sleeps_of(session, [incident_id, *absorbed])
    moments = [one.until for one in sleeps if one.until is not None and one.until > now]
    if not moments:
        return
    if len(moments) < len(sleeps):
        incidents.change_incident(session, incident_id, snoozed_until=None)
        return
    until, was_critical = min(moments), any(one.was_critical for one in sleeps)
    _move(session, incident_id, [one.until for one in sleeps if one.until != until], until)
    incidents.change_incident(session, incident_id, snoozed_until=until, was_critical=was_critical)
    if not was_critical and incidents.has_critical(session, incident_id, among_ids=joined):
        _wake(session, Sleep(incident_id, until, was_critical))
    else:
        snoozes.put_to_sleep(session, emails.lock(session, sorted(joined)), until)


def _hold(session: Session, incident_id: int) -> Sleep:
    """Let nothing join the incident until this transaction ends."""
    incidents.hold_mailbox(session, incidents.incident_by_id(session, incident_id).mailbox_id)
    kept = incidents.incident_by_id(session, incident_id, for_update=True)
    (sleep,) = incidents.sleeps_of(session, [kept.id])
    return sleep


def _move(session: Session, incident_id: int, moments: Collection[datetime | None], until: datetime) -> int:
    """Let members that are open (`None`) or sleep until one of some moments sleep until another."""
    found = incidents.asleep_until(session, incident_id, moments)
    return snoozes.put_to_sleep(session, emails.lock(session, found), until)


def _wake(session: Session, sleep: Sleep) -> int:
    incidents.change_incident(session, sleep.incident_id, snoozed_until=None, was_critical=None)
    found = [] if sleep.until is None else incidents.asleep_until(session, sleep.incident_id, [sleep.until])
    snoozes.wake(session, emails.lock(session, found))
    return len(found)


def _note(session: Session, action: str, incident_id: int, **details: str) -> None:
    mailbox_id = incidents.incident_by_id(session, incident_id).mailbox_id
    note(session, action, f"incident {incident_id}", mailbox_id=mailbox_id, **details)
