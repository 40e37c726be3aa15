"""Policies of mailboxes: put in force, watched, gone back from, and all mail placed by the one in force in the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from tests.triage.policies import with_rule, with_targets
from triage.classify import classify
from triage.errors import InvalidPolicy, NoEarlierPolicy
from triage.feedback import label
from triage.handle import mark_done, reopen
from triage.labels import Urgency
from triage.policies import WatchedPolicies, go_back, put_in_force
from triage.ranking import Statement, policy_from_text
from triage.reranking import BATCH, place_some
from triage.storage import policies
from triage.storage.inbox import inbox_row
from triage.storage.mailboxes import mailbox_id
from triage.storage.tables import Email, Verdict
from triage.targets import note_breaches

CLINICS = with_rule(name="Clinics", senders=["@clinic.example"], at_least="high")
LOW = FakeTextModel(reading(urgency=Urgency.LOW, confidence=0.97))


@pytest.fixture
def watched(database):
    """What a worker holds, looking at every question."""
    return WatchedPolicies(database, POLICY, looks_every=timedelta(0))


@pytest.fixture
def intake(database, redis, watched):
    return make_intake(database, redis, watched)


def put(database, text, mailbox="main"):
    with database.unit_of_work() as session:
        number = mailbox_id(session, mailbox)
        return put_in_force(session, number, text, default=POLICY, author="anna", reason="", now=NOW)


def back(database):
    with database.unit_of_work() as session:
        go_back(session, mailbox_id(session, "main"), default=POLICY, author="anna", now=NOW)


def read(database, ids, policy):
    with database.unit_of_work() as session:
        classify(session, ids, LOW, policy, NOW)


def settle(database, watched):
    """Do what beat does until nothing is left."""
    for number, policy in watched.current().to_place_by().items():
        while place_some(database, number, policy):
            pass


def bands(database):
    with database.reading() as session:
        return dict(session.execute(select(Email.id, Email.band)).all())


def versions(database):
    with database.reading() as session:
        return set(session.scalars(select(Email.policy_version))) | set(session.scalars(select(Verdict.policy_version)))


def some(intake, count=3, sender="a@clinic.example"):
    raws = [raw_message(f"mail {n} of {sender}", sender=sender) for n in range(count)]
    return [one.email_id for one in accept(intake, *raws)]


def test_switch_moves_stored_mail_and_going_back_moves_it_back(database, watched, intake):
    """Everything ends where the policy in force puts it, and verdicts say by which policy they were made."""
    clinic, others = some(intake), some(intake, sender="b@other.example")
    read(database, [*clinic, *others], watched.current())
    before = bands(database)

    made = put(database, CLINICS)
    settle(database, watched)
    assert bands(database) == dict.fromkeys(clinic, "high") | {one: before[one] for one in others}
    assert versions(database) == {made.version}

    back(database)
    settle(database, watched)
    assert (bands(database), versions(database)) == (before, {POLICY.version})


def test_mail_read_while_people_switch_stands_by_one_policy_or_the_other_and_in_the_end_by_the_new(
    database, watched, intake
):
    """A worker that holds the policy of before commits after all mail was placed: it is healed."""
    early, late = some(intake), some(intake, sender="z@clinic.example")
    held_by_a_slow_worker = watched.current()
    read(database, early, held_by_a_slow_worker)
    made = put(database, CLINICS)
    settle(database, watched)

    read(database, late, held_by_a_slow_worker)
    assert {bands(database)[one] for one in early} == {"high"}
    assert {bands(database)[one] for one in late} == {"low"}
    assert versions(database) == {POLICY.version, made.version}

    settle(database, watched)
    assert set(bands(database).values()) == {"high"}
    assert versions(database) == {made.version}


def test_people_switch_to_and_fro_while_workers_read(database, watched, intake):
    """At every moment each email stands as the policy says that it notes, and in the end all by the one in force."""
    batches = [some(intake, 10, sender=f"{n}@clinic.example") for n in range(12)]
    bands_by = {POLICY.version: "low", policy_from_text(CLINICS).version: "high"}

    def switch():
        for text in (CLINICS, None, CLINICS):
            put(database, text)
            settle(database, watched)

    with ThreadPoolExecutor() as threads:
        switching = threads.submit(switch)
        reading_them = [threads.submit(lambda one=one: read(database, one, watched.current())) for one in batches]
        for each in (*reading_them, switching):
            each.result()
    with database.reading() as session:
        standing = session.execute(select(Email.policy_version, Email.band)).all()
    assert all(bands_by[version] == band for version, band in standing)

    settle(database, watched)
    assert set(bands(database).values()) == {"high"}
    assert len(versions(database)) == 1


def test_stopped_between_two_batches_goes_on(database, watched, intake):
    """What is left is found in the database: any process goes on, and progress is counted there."""
    ids = some(intake, BATCH + 20)
    read(database, ids, watched.current())
    made = put(database, CLINICS)
    number, policy = next(iter(watched.current().to_place_by().items()))

    assert place_some(database, number, policy)
    with database.reading() as session:
        assert policies.count_placed_by_others(session, number, made.version) == 20
        assert policies.count_open(session, number) == BATCH + 20
    settle(database, WatchedPolicies(database, POLICY))
    assert set(bands(database).values()) == {"high"}


def test_what_people_said_counts_under_the_new_policy(database, watched, intake):
    """A label stays in force, and the rule is a floor under it."""
    (spoken_of, plain) = some(intake, 2)
    read(database, [spoken_of, plain], watched.current())
    said = Statement(urgency=Urgency.CRITICAL, topic="technical")
    with database.unit_of_work() as session:
        label(session, [spoken_of], said, source="human", author="anna", now=NOW, policy=watched.current())

    put(database, CLINICS)
    settle(database, watched)

    with database.reading() as session:
        row = inbox_row(session, spoken_of)
    assert bands(database)[plain] == "high"
    assert row.email.priority > POLICY.default_priority
    texts = [reason["text"] for reason in row.email.reasons]
    assert "urgency: you said critical" in texts
    assert any("rule of the policy (Clinics)" in text for text in texts)


def test_rule_lifts_mail_that_nobody_has_read_yet(database, watched, intake):
    """With the model down, what a rule says of a sender counts all the same (A-39), and is told."""
    some(intake, 1, sender="x@other.example")
    put(database, CLINICS)
    (waiting,) = some(intake, 1)

    with database.reading() as session:
        row = inbox_row(session, waiting)
    assert (row.email.band, row.email.state) == ("high", "queued")
    assert [reason["factor"] for reason in row.email.reasons] == ["rule"]

    read(database, [waiting], watched.current())
    with database.reading() as session:
        row = inbox_row(session, waiting)
    assert (row.email.band, row.email.reasons) == ("high", None)
    assert "rule" in [reason["factor"] for reason in row.verdict.reasons]


def test_mail_that_is_done_stays_and_follows_once_it_is_open_again(database, watched, intake):
    """Nobody moves what is done; reopened, it is found and placed."""
    (email_id,) = some(intake, 1)
    read(database, [email_id], watched.current())
    with database.unit_of_work() as session:
        mark_done(session, email_id, NOW)
    put(database, CLINICS)
    settle(database, watched)
    assert bands(database)[email_id] == "low"

    with database.unit_of_work() as session:
        reopen(session, email_id)
    settle(database, watched)
    assert bands(database)[email_id] == "high"


def test_other_mailboxes_keep_their_policy(database, watched, intake):
    """A policy is of one mailbox, and where none was ever given nothing is placed again."""
    read(database, some(intake), watched.current())
    (other,) = accept(intake, raw_message(sender="a@clinic.example"), mailbox="other")
    read(database, [other.email_id], watched.current())

    put(database, CLINICS)

    assert len(watched.current().to_place_by()) == 1
    settle(database, watched)
    assert bands(database)[other.email_id] == "low"


def test_process_that_would_rank_by_another_file_places_nothing(database, watched, intake):
    """Two files in two places would move all mail to and fro."""
    some(intake)
    put(database, CLINICS)
    put(database, None)
    other_file = policy_from_text(with_targets(high=4))

    assert WatchedPolicies(database, POLICY).current().to_place_by() != {}
    assert WatchedPolicies(database, other_file).current().to_place_by() == {}


def test_wrong_policy_changes_nothing(database, watched, intake):
    """What cannot be ranked by is refused whole, also where a file may say more than this release knows."""
    some(intake, 1)
    for wrong in ("horizon_days = ", with_rule(at_least="high"), CLINICS.replace("[shares]", "[share]"), "\0"):
        with pytest.raises(InvalidPolicy):
            put(database, wrong)
    with pytest.raises(InvalidPolicy, match="nothing called 'colour'"):
        put(database, "colour = 1\n" + CLINICS)
    with pytest.raises(NoEarlierPolicy):
        back(database)

    assert watched.current().in_force == {}


def test_history_tells_who_when_and_why_and_the_same_again_is_no_news(database, watched, intake):
    """The first change notes the file, so that there is something to go back to."""
    some(intake, 1)
    put(database, CLINICS)
    put(database, CLINICS)
    back(database)

    with database.reading() as session:
        told = policies.changes_of(session, mailbox_id(session, "main"), limit=9)
    assert [(one.author, one.text is None) for one in told] == [("anna", True), ("anna", False), ("", True)]
    with pytest.raises(NoEarlierPolicy):
        back(database)


def test_mail_that_is_not_answered_in_time_is_noted_once(database, watched, intake):
    """A-42: it is overdue from its moment, noted once, and never for mail that was done in time."""
    some(intake, 1, sender="x@other.example")
    put(database, with_targets(low=2))
    done, forgotten = some(intake, 2)
    read(database, [done, forgotten], watched.current())
    with database.unit_of_work() as session:
        mark_done(session, done, NOW)

    assert note_breaches(database, NOW + timedelta(hours=2) - timedelta(seconds=1)) == 0
    assert note_breaches(database, NOW + timedelta(hours=2)) == 1
    assert note_breaches(database, NOW + timedelta(hours=3)) == 0
    with database.reading() as session:
        assert session.get(Email, forgotten).breached_at == NOW + timedelta(hours=2)
        assert session.get(Email, done).breached_at is None
