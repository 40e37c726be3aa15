"""Which mail becomes one incident."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from tests.make import NOW
from tests.triage.incidents.conftest import OTHERS, POWER
from triage.incidents.grouping import group_emails, group_mailbox
from triage.storage import incidents
from triage.storage.tables import Email, Incident


def incident_of(database, ids):
    """The incident of each of some emails."""
    with database.reading() as session:
        return dict(session.execute(select(Email.id, Email.incident_id).where(Email.id.in_(ids))).all())


def standing(database):
    """The incidents that were not merged into others."""
    with database.reading() as session:
        return list(session.scalars(select(Incident.id).where(Incident.merged_into.is_(None))))


def test_mails_about_one_matter_are_one_incident_and_others_are_none(database, arrive, outage):
    """Six of twelve mails share their words and are grouped; of the rest each stays alone."""
    others = arrive(*OTHERS)

    group_emails(database, others, NOW)

    assert len(standing(database)) == 1
    assert set(incident_of(database, outage).values()) == set(standing(database))
    assert set(incident_of(database, others).values()) == {None}


def test_grouping_again_changes_nothing(database, outage):
    """A second round over the same emails, as after a crash, leaves the incident as it was."""
    before = incident_of(database, outage)

    joined = group_emails(database, outage, NOW)

    assert (joined, incident_of(database, outage)) == (0, before)


def test_four_mails_are_no_incident_until_the_fifth(database, arrive):
    """Fewer than five stay alone; the fifth takes them all along."""
    four = arrive(*(f"{POWER} {word}" for word in ("one", "two", "three", "four")))
    group_emails(database, four, NOW)
    before = set(incident_of(database, four).values())

    fifth = arrive(f"{POWER} five")
    group_emails(database, fifth, NOW)

    assert before == {None}
    assert len(set(incident_of(database, [*four, *fifth]).values())) == 1
    assert None not in incident_of(database, [*four, *fifth]).values()


def test_mail_of_another_mailbox_never_joins(database, arrive, outage):
    """The same words in another mailbox are another matter."""
    elsewhere = arrive(f"{POWER} too", mailbox="other")

    group_emails(database, elsewhere, NOW)

    assert incident_of(database, elsewhere) == {elsewhere[0]: None}


def test_an_incident_ends_when_it_was_quiet_for_hours(database, arrive, outage):
    """The same words seven hours after the last mail are not of it; five hours after, they are."""
    later, much_later = timedelta(hours=5), timedelta(hours=5 + 7)
    in_time, too_late = arrive(f"{POWER} late", after=later), arrive(f"{POWER} tomorrow", after=much_later)

    group_emails(database, in_time, NOW + later)
    group_emails(database, too_late, NOW + much_later)

    assert set(incident_of(database, in_time).values()) == set(standing(database))
    assert incident_of(database, too_late) == {too_late[0]: None}


def test_two_workers_open_one_incident(database, arrive):
    """Two that group the same mailbox at the same moment wait for each other, and the second finds the first's."""
    ids = arrive(*(f"{POWER} {word}" for word in ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda part: group_emails(database, part, NOW), (ids[:5], ids[5:])))

    assert len(standing(database)) == 1
    assert set(incident_of(database, ids).values()) == set(standing(database))


def test_two_incidents_that_turn_out_to_be_one_are_merged(database, arrive, outage):
    """The earlier one takes the members of the later, whose number leads to it from then on."""
    with database.unit_of_work() as session:  # as if the second had been opened while few wrote
        second = incidents.incident_by_id(session, standing(database)[0])
        copied = {name: getattr(second, name) for name in _COPIED}
        later = incidents.open_incident(session, copied)
        session.query(Email).filter(Email.id.in_(outage[3:])).update({"incident_id": later})
    more = arrive(f"{POWER} more")

    group_emails(database, more, NOW)

    kept = standing(database)
    with database.reading() as session:
        found = incidents.incident_by_id(session, later).id
    assert (len(kept), found) == (1, kept[0])
    assert set(incident_of(database, [*outage, *more]).values()) == set(kept)


def test_grouping_that_is_rolled_back_leaves_nothing(database, arrive):
    """A worker that dies before the commit leaves neither incident nor member, and the next one makes both."""
    ids = arrive(*(f"{POWER} {word}" for word in ("a", "b", "c", "d", "e")))
    with database.reading() as session:
        mailbox_id = session.get(Email, ids[0]).mailbox_id
        group_mailbox(session, mailbox_id, ids, NOW)
        session.rollback()

    assert (standing(database), set(incident_of(database, ids).values())) == ([], {None})

    with database.reading() as session:
        found = incidents.newest_free(session)
    group_emails(database, found, NOW)

    assert len(standing(database)) == 1


_COPIED = (
    *("mailbox_id", "model_version", "opened_at", "first_at", "last_at", "size", "pressing", "central_email_id"),
    *("words", "centroid"),
)
