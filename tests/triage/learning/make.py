"""Mail and memories for the tests of learning."""

from sqlalchemy import select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from triage.classify import classify
from triage.labels import Topic
from triage.learning import ALL_KNOW_AFTER, due, learn, place_some, stored_memory
from triage.storage import placings
from triage.storage.inbox import inbox_row
from triage.storage.tables import Email, Memory, Verdict

LATER = NOW + ALL_KNOW_AFTER
MODEL = FakeTextModel(reading(topic=Topic.OTHER, confidence=0.6), version="v1")
PARKING = "parking garage barrier ticket lost"


def emails_of(database):
    with database.reading() as session:
        return list(session.scalars(select(Email.id)))


def read(database, ids, model=MODEL):
    with database.unit_of_work() as session:
        classify(session, ids, model, POLICY, NOW)


def all_due(database, version="v1"):
    with database.reading() as session:
        return list(due(session, lambda _: version))


def learn_all(database, version="v1"):
    """Learn what is due; return the memory that was fitted last, if any was."""
    fitted = [learn(database, one, NOW) for one in all_due(database, version)]
    return fitted[-1] if fitted else None


def unplaced(database):
    with database.reading() as session:
        return placings.unplaced(session)


def place_all(database, now=LATER):
    """Place mail until nothing is left, as a worker that is started anew before each step."""
    while left := unplaced(database):
        with database.reading() as session:
            memory = stored_memory(session, left[0].mailbox_id, left[0].fitted)
        place_some(database, left[0], memory, POLICY, now)


def verdict(database, email_id):
    with database.reading() as session:
        return session.scalars(select(Verdict).where(Verdict.email_id == email_id)).one()


def row(database, email_id):
    with database.reading() as session:
        return inbox_row(session, email_id)


def place(database, email_id):
    email = row(database, email_id).email
    return email.priority, email.band, email.topic, email.rank_at, email.reasons


def memory_row(database):
    with database.reading() as session:
        return session.scalars(select(Memory)).one()
