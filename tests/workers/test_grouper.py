"""When a worker groups mail."""

from tests.make import NOW, POLICY, accept, make_intake, raw_message
from tests.triage.incidents.conftest import POWER, WordsModel
from triage.classify import classify
from triage.storage.tables import Email
from workers.incidents import Grouper


def read_mail(database, redis, *words):
    """Take in mails about one matter and read them."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"{POWER} {word}", POWER) for word in words))
    ids = [one.email_id for one in receipts]
    with database.unit_of_work() as session:
        classify(session, ids, WordsModel(), POLICY, NOW)
    return ids


def incident_of(database, email_id):
    with database.reading() as session:
        return session.get(Email, email_id).incident_id


def test_mail_of_a_worker_that_died_is_grouped_by_the_next(database, redis):
    """Nothing was noted here: what was read and grouped by nobody is found in the database."""
    ids = read_mail(database, redis, "a", "b", "c", "d", "e")

    Grouper(database, clock=lambda: 0.0).group()

    assert incident_of(database, ids[0]) is not None


def test_mail_is_grouped_at_most_every_second_and_none_is_forgotten(database, redis):
    """What is noted within a second of the last round waits for the next."""
    time = [0.0]
    grouper = Grouper(database, clock=lambda: time[0])
    grouper.group()
    ids = read_mail(database, redis, "a", "b", "c", "d", "e")
    grouper.note(ids)

    grouper.group()
    at_once = incident_of(database, ids[0])
    time[0] = 1.5
    grouper.group()

    assert at_once is None
    assert incident_of(database, ids[0]) is not None
