"""Waiting at the door: for room, or for a database that is away for a moment."""

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, make_intake, raw_message
from tests.postgres import refuse_connections
from triage.classify import classify
from triage.errors import StorageUnavailable, TooMuchWaits
from triage.intake import Intake, Outcome, QueueLimit, Submission, patience
from triage.intake.patience import PatientIntake
from triage.storage import schema
from triage.storage.session import Database
from triage.storage.tables import Email


def submissions(first, count):
    return [Submission(raw_message(f"mail {n}")) for n in range(first, first + count)]


def read_all(database):
    """Do what a worker does, with everything that waits."""
    with database.unit_of_work() as session:
        ids = list(session.scalars(select(Email.id).where(Email.state == "queued")))
        classify(session, ids, FakeTextModel(), POLICY, NOW)


def test_mail_that_is_put_off_is_given_again_until_all_is_accepted(database, redis, monkeypatch):
    """Full queue: what is refused waits as long as it is told to, and each mail has the receipt of its place."""
    monkeypatch.setattr("triage.intake.limit.LOOKING_SHARE", 1e9)
    plain = make_intake(database, redis)
    limit = QueueLimit(5, looks_every=NOW - NOW)
    intake = Intake(plain.database, plain.stream, plain.doorbell, plain.policy, limit)
    told = []
    patient = PatientIntake(intake, told.append, sleep=lambda _: read_all(database))
    held = patient.accept(submissions(0, 5), mailbox="main")

    receipts = patient.accept(submissions(3, 6), mailbox="main")

    assert [receipt.outcome for receipt in receipts] == [Outcome.DUPLICATE] * 2 + [Outcome.STORED] * 4
    assert [receipt.email_id for receipt in receipts[:2]] == [receipt.email_id for receipt in held[3:]]
    assert isinstance(told[0], TooMuchWaits)
    assert told[-1] is None


@pytest.fixture
def postgres(postgres_url):
    database = Database(postgres_url)
    schema.migrate(database.engine)
    yield database
    database.close()


def test_database_that_comes_back_is_waited_for(postgres, postgres_url, redis):
    """A restart of the database costs a pause and no mail."""
    told = []
    patient = PatientIntake(
        make_intake(postgres, redis), told.append, sleep=lambda _: refuse_connections(postgres_url, refuse=False)
    )
    refuse_connections(postgres_url)

    receipts = patient.accept(submissions(0, 3), mailbox="main")

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED] * 3
    assert isinstance(told[0], StorageUnavailable)


def test_database_that_stays_away_is_given_up_after_minutes(postgres, postgres_url, redis):
    """Nobody waits for ever; what was accepted before is stored."""
    pauses = []
    patient = PatientIntake(make_intake(postgres, redis), lambda _: None, sleep=pauses.append)
    patient.accept(submissions(0, 3), mailbox="main")
    refuse_connections(postgres_url)

    with pytest.raises(StorageUnavailable):
        patient.accept(submissions(3, 3), mailbox="main")

    refuse_connections(postgres_url, refuse=False)
    assert sum(pauses) == patience.DATABASE_PATIENCE.total_seconds()
    with postgres.reading() as session:
        assert session.scalar(select(func.count(Email.id))) == 3
