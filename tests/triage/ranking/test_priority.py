"""From a reading to a place in the inbox."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import NOW, POLICY, reading
from triage.labels import Band, Sentiment, Topic, Urgency
from triage.ranking import Circumstances, Reading, policy_from, priority, rank_at, reasons, waiting_reason
from triage.ranking.priority import duration_in_words

probabilities = st.floats(0, 1, allow_nan=False)


def distributions(names):
    weights = st.lists(st.floats(0.001, 1), min_size=len(names), max_size=len(names))
    return weights.map(lambda ws: {name: w / sum(ws) for name, w in zip(names, ws, strict=True)})


readings = st.builds(
    Reading,
    topic=distributions(Topic),
    sentiment=distributions(Sentiment),
    urgency=distributions(Urgency),
    action_required=probabilities,
    language=st.just("en"),
)


@given(readings, st.booleans())
def test_priority_is_between_zero_and_one(one, is_automatic):
    """Whatever the reading, the priority lies from 0 to 1."""
    assert 0 <= priority(one, POLICY, Circumstances("a@example.org", is_automatic)) <= 1


def test_sure_critical_mail_outranks_half_sure_one():
    """The whole distribution counts: 99 % critical stands above 51 % critical."""
    sure = priority(reading(urgency=Urgency.CRITICAL, confidence=0.99), POLICY)
    unsure = priority(reading(urgency=Urgency.CRITICAL, confidence=0.51), POLICY)

    assert sure > unsure


def test_urgency_orders_mail_that_is_otherwise_equal():
    """Each step of urgency stands above the one below it."""
    steps = [priority(reading(urgency=step), POLICY) for step in Urgency]

    assert steps == sorted(steps)
    assert len(set(steps)) == len(steps)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_ordinary_support_mail_falls_into_the_band_of_its_urgency(urgency):
    """A technical mail that somebody must act on gets the band that bears the name of its urgency."""
    score = priority(reading(urgency=urgency, confidence=0.97), POLICY)

    assert POLICY.band(score) == Band(urgency) or (urgency is Urgency.LOW and POLICY.band(score) is Band.NORMAL)


def test_newsletter_is_low_and_critical_complaint_is_critical():
    """The extremes end in the extreme bands."""
    newsletter = reading(topic=Topic.BULK, urgency=Urgency.LOW, action_required=0.02, confidence=0.97)
    fire = reading(topic=Topic.TECHNICAL, urgency=Urgency.CRITICAL, sentiment=Sentiment.NEGATIVE, confidence=0.97)

    assert POLICY.band(priority(newsletter, POLICY)) is Band.LOW
    assert POLICY.band(priority(fire, POLICY)) is Band.CRITICAL


def test_automatic_mail_counts_less():
    """The same reading of an automatic mail has a lower priority, and a reason says so."""
    machine = Circumstances(is_automatic=True)

    assert priority(reading(), POLICY, machine) < priority(reading(), POLICY)
    assert "automatic" in {reason.factor for reason in reasons(reading(), POLICY, machine, most=9)}


def test_sender_rule_for_an_address_goes_before_one_for_its_domain():
    """An address's own rule wins, in any case of letters."""
    figures = shipped_figures() | {"sender_adjustment": {"@example.org": 0.1, "Chef@example.org": 0.3}}
    policy = policy_from(figures)

    of_chef = reasons(reading(), policy, Circumstances("CHEF@Example.org"), most=9)
    of_other = reasons(reading(), policy, Circumstances("x@example.org"), most=9)

    assert [reason.effect for reason in of_chef if reason.factor == "sender"] == [0.3]
    assert [reason.effect for reason in of_other if reason.factor == "sender"] == [0.1]


@given(readings)
def test_reasons_add_up_to_the_distance_from_an_ordinary_mail(one):
    """The effects of all reasons together are the priority less the default."""
    total = sum(reason.effect for reason in reasons(one, POLICY, most=99))

    assert total == pytest.approx(priority(one, POLICY) - POLICY.default_priority, abs=1e-9)


@given(readings, st.booleans())
def test_reasons_come_strongest_first_and_there_are_at_least_three(one, is_automatic):
    """Three to four reasons are kept, in order of their effect."""
    found = reasons(one, POLICY, Circumstances("a@example.org", is_automatic))
    effects = [abs(reason.effect) for reason in found]

    assert 3 <= len(found) <= 4
    assert effects == sorted(effects, reverse=True)
    assert all(reason.text for reason in found)


def test_least_pressing_mail_overtakes_fresh_pressing_one_after_a_horizon():
    """Nothing starves: a priority-0 mail that is one horizon older stands where a priority-1 mail stands."""
    fresh = rank_at(NOW, NOW, 1.0, POLICY)
    then = NOW - POLICY.horizon
    a_moment_before = then - timedelta(seconds=1)

    assert rank_at(then, then, 0.0, POLICY) == fresh
    assert rank_at(a_moment_before, a_moment_before, 0.0, POLICY) < fresh


def test_mail_that_comes_to_us_years_late_stands_below_the_emergency_of_today():
    """What lay elsewhere for long counts as a week old: an old ordinary mail never buries a fresh critical one."""
    years_ago = NOW - timedelta(days=700)

    late = rank_at(years_ago, NOW, POLICY.default_priority, POLICY)

    assert rank_at(NOW, NOW, 0.95, POLICY) < late
    assert late < rank_at(NOW, NOW, POLICY.default_priority, POLICY)
    assert late == rank_at(NOW - POLICY.backlog, NOW, POLICY.default_priority, POLICY)


def test_waiting_is_a_reason_that_grows():
    """The longer an email waits the stronger the reason; a date in the future waits not at all."""
    hours, day = (waiting_reason(NOW - wait, NOW, POLICY) for wait in (timedelta(hours=5), timedelta(days=1)))

    assert hours.text == "waiting for 5 hours"
    assert 0 < hours.effect < day.effect == pytest.approx(timedelta(days=1) / POLICY.horizon)
    assert waiting_reason(NOW + timedelta(days=1), NOW, POLICY).effect == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (61, "1 minute"),
        (5399, "90 minutes"),
        (5400, "2 hours"),
        (86400, "24 hours"),
        (130_000, "2 days"),
    ],
)
def test_duration_reads_as_a_person_would_say_it(seconds, words):
    """Durations are rounded to the unit that fits."""
    assert duration_in_words(seconds) == words


def shipped_figures():
    """The shipped policy's figures, as read from its file."""
    import tomllib
    from importlib.resources import files

    return tomllib.loads(files("triage.ranking").joinpath("policy.toml").read_text())
