"""What ranking bought: small cases, reckoned by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify
from triage.feedback import label
from triage.handle import mark_done
from triage.labels import Source, Topic
from triage.ranking import Statement
from triage.reports import agreements, by_day, is_critical, position_of, waiting_of
from triage.storage import reports
from triage.storage.mailboxes import mailbox_id
from triage.storage.reports import Passage, Saying

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


def at(minutes):
    return NINE + timedelta(minutes=minutes)


def passage(came, handled=None, *, rank=None, band="normal", topic="billing"):
    """A mail by minutes after nine."""
    return Passage(at(came), None if handled is None else at(handled), at(came if rank is None else rank), band, topic)


def test_critical_mail_that_was_taken_first_is_told_against_its_turn():
    """Three mails at 0, 1 and 2; the last is critical and dealt with at 10, the others at 20 and 30.

    It waited 8 minutes; in its turn it would have had the third moment, and waited 28.
    """
    told = waiting_of([passage(0, 20), passage(1, 30), passage(2, 10, band="critical")], is_critical)

    assert (told.mails, told.served, told.in_turn) == (1, timedelta(minutes=8), timedelta(minutes=28))


def test_mail_that_waits_has_no_waiting_time_yet():
    """What is not dealt with counts for neither order; with nothing dealt with there is no figure."""
    assert waiting_of([passage(0), passage(1, band="critical")], is_critical) is None


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.sampled_from(["critical", "low"])), max_size=40))
def test_no_order_changes_the_mean_wait_of_all_mail(made):
    """Over all mail both orders wait the same, and none is dealt with before it came."""
    mails = [passage(came, came + later, band=band) for came, later, band in made]
    told = waiting_of(mails, lambda _: True)

    assert told is None or abs(told.served - told.in_turn) < timedelta(milliseconds=1)
    for one in mails:
        alone = waiting_of(mails, lambda other, one=one: other is one)
        assert alone.in_turn >= timedelta(0)


def test_position_is_that_at_arrival():
    """The critical mail finds two waiting, one of them ranked before it, and a third that is gone already."""
    mails = [
        passage(0, 1),
        passage(0, 50, rank=-100),
        passage(1, 60, rank=90),
        passage(2, 9, rank=-50, band="critical"),
    ]

    told = position_of(mails, is_critical)

    assert (told.mails, told.ranked, told.in_turn) == (1, 2.0, 3.0)


def test_days_without_mail_are_days():
    """Counts are by day of arrival, the commonest name first."""
    days = [date(2026, 3, day) for day in (2, 3, 4)]

    told = by_day([passage(0), passage(5), passage(2 * 24 * 60, topic="order")], days, lambda one: one.topic)

    assert list(told.items()) == [("billing", [2, 0, 0]), ("order", [0, 0, 1])]


def test_agreement_is_told_by_week():
    """Two of three in the first week, in any case of letters; a week without labels is left out."""
    said = [
        Saying(at(0), "Billing", "billing"),
        Saying(at(1), "order", "order"),
        Saying(at(2), "order", "billing"),
        Saying(NINE + timedelta(days=14), "order", "billing"),
    ]

    told = agreements(said)

    assert [(one.week, one.mails, one.same) for one in told] == [(date(2026, 3, 2), 3, 2), (date(2026, 3, 16), 1, 0)]


@pytest.fixture
def ids(database, redis):
    """Three emails of `main`; the first two are read as technical, the first is done an hour later."""
    made = [one.email_id for one in accept(make_intake(database, redis), *(raw_message(f"mail {n}") for n in range(3)))]
    with database.unit_of_work() as session:
        classify(session, made[:2], FakeTextModel(reading(topic=Topic.TECHNICAL)), POLICY, NOW)
        mark_done(session, made[0], NOW + timedelta(hours=1))
    return made


def test_passages_are_those_of_the_mailbox_since_a_moment(database, ids):
    """With when they came and were done; what came before the moment is left out."""
    with database.reading() as session:
        main = mailbox_id(session, "main")
        found = reports.passages(session, main, since=NOW)
        none = reports.passages(session, main, since=NOW + timedelta(seconds=1))

    assert sorted(one.handled_at - one.received_at for one in found if one.handled_at) == [timedelta(hours=1)]
    assert (len(found), none) == (3, [])


def test_only_what_the_model_had_said_before_counts(database, ids):
    """A label of a mail that was not read yet, or of a rule, is no agreement and no disagreement."""
    orders = [
        (ids[0], "technical", Source.HUMAN),
        (ids[1], "billing", Source.HUMAN),
        (ids[1], "order", Source.HUMAN),
        (ids[2], "billing", Source.HUMAN),
        (ids[0], "billing", Source.RULE),
    ]
    with database.unit_of_work() as session:
        for minute, (email_id, topic, source) in enumerate(orders, 1):
            said_at = NOW + timedelta(minutes=minute)
            label(session, [email_id], Statement(topic), source=source, author="anna", now=said_at, policy=POLICY)
    with database.reading() as session:
        found = reports.sayings(session, mailbox_id(session, "main"), since=NOW)

    assert [(one.person, one.model) for one in found] == [("technical", "technical"), ("order", "technical")]
