"""How much the mail of a sender counts by what people did with earlier mail of theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import POLICY, reading
from tests.triage.policies import SHIPPED, with_rule
from triage.errors import InvalidPolicy
from triage.labels import Band, Urgency
from triage.ranking import NOTHING_SAID, Circumstances, Said, Statement, policy_from_text, priority, reasons
from triage.ranking.importance import (
    FEWEST_MAILS,
    MOST_MAILS,
    NO_EVIDENCE,
    Evidence,
    Treatment,
    Usual,
    evidence_of,
    learned,
    treatment_of,
)

OFF = policy_from_text(SHIPPED.replace("learned = true", "learned = false"))
HOUR = timedelta(hours=1)
ANSWERED_FIRST, SWEPT = Evidence(9, soon=7, usual=Usual(soon=0.2)), Evidence(9, swept=9, usual=Usual(swept=0.2))

shares = st.floats(0, 1, allow_nan=False)
usuals = st.builds(Usual, shares, shares)
some_treatments = st.lists(st.sampled_from(Treatment), max_size=MOST_MAILS)
evidences = st.builds(evidence_of, some_treatments, usuals)
urgencies = st.sampled_from(Urgency)


def scored(evidence, *, urgency=Urgency.NORMAL, policy=POLICY, confidence=0.9, said=NOTHING_SAID, **circumstances):
    mail = Circumstances("anna@example.org", evidence=evidence, **circumstances)
    return priority(reading(urgency=urgency, confidence=confidence), policy, mail, said)


@given(evidences, urgencies, shares, st.booleans())
def test_what_is_learned_is_bounded_by_the_policy(evidence, urgency, confidence, is_automatic):
    """No evidence moves a mail by more than the policy allows, nor out of 0 to 1."""
    told = {"urgency": urgency, "confidence": confidence, "is_automatic": is_automatic}
    with_it, without = scored(evidence, **told), scored(NO_EVIDENCE, **told)

    assert abs(learned(evidence, POLICY)) <= POLICY.learned_most
    assert abs(with_it - without) <= POLICY.learned_most + 1e-12
    assert 0 <= with_it <= 1


@given(some_treatments.filter(lambda them: len(them) < FEWEST_MAILS), usuals, urgencies)
def test_without_evidence_nothing_moves(few, usual, urgency):
    """A sender of whom people did little, or nothing, stands where they would without all this."""
    assert scored(evidence_of(few, usual), urgency=urgency) == scored(NO_EVIDENCE, urgency=urgency)


@given(some_treatments.filter(bool), usuals, st.data())
def test_learning_is_monotone(treatments, usual, data):
    """A mail that is raised, or answered first, instead of done in any other way never lowers its sender."""
    place = data.draw(st.integers(0, len(treatments) - 1))

    def at(treatment):
        return learned(evidence_of([*treatments[:place], treatment, *treatments[place + 1 :]], usual), POLICY)

    assert at(Treatment.SWEPT) <= at(Treatment.OTHER) + 1e-12
    assert at(Treatment.LOWERED) <= at(Treatment.OTHER) + 1e-12
    assert at(Treatment.OTHER) <= at(Treatment.SOON) + 1e-12
    assert at(Treatment.LOWERED) <= at(Treatment.RAISED)


@given(evidences, urgencies, shares)
def test_critical_mail_is_never_lowered_and_none_becomes_critical(evidence, urgency, confidence):
    """What is learned of a sender hides no emergency, and makes none: a forged address does not reach the top."""
    told = {"urgency": urgency, "confidence": confidence}
    one, before, after = reading(**told), scored(NO_EVIDENCE, **told), scored(evidence, **told)

    if max(one.urgency, key=one.urgency.__getitem__) is Urgency.CRITICAL:
        assert after >= before
    assert (POLICY.band(after) is Band.CRITICAL) == (POLICY.band(before) is Band.CRITICAL)


@given(evidences, urgencies, st.sampled_from(Band))
def test_a_band_that_a_rule_sees_to_stays(evidence, urgency, band):
    """No mail falls below the floor that a rule of the policy gives it, whatever was learned of its sender."""
    policy = policy_from_text(with_rule(senders=["anna@example.org"], at_least=band))

    reached = policy.band(scored(evidence, urgency=urgency, policy=policy))

    assert list(Band).index(reached) >= list(Band).index(band)


@given(st.integers(FEWEST_MAILS, 30))
def test_who_sends_more_mail_that_nobody_acts_on_gains_nothing(more):
    """Importance cannot be bought by sending: more mail done in no special way only thins what there is."""
    known = [Treatment.SOON] * 6

    before = learned(evidence_of(known, Usual()), POLICY)
    after = learned(evidence_of([*known, *[Treatment.OTHER] * more], Usual()), POLICY)

    assert 0 < after < before


def test_what_is_usual_in_a_mailbox_says_nothing_of_a_sender():
    """Where people do most mail within the hour, a sender whose mail they do so is one of many."""
    assert learned(evidence_of([Treatment.SOON] * 9, Usual(soon=1.0)), POLICY) == 0


def test_the_reason_says_what_people_did():
    """It names how many of how many mails, and is left out where it moved next to nothing."""
    mail = Circumstances("anna@example.org", evidence=ANSWERED_FIRST)
    told = {one.factor: one for one in reasons(reading(), POLICY, mail)}

    assert told["importance"].text == (
        "usually answered first: 7 of 9 mails of anna@example.org were handled within the hour"
    )
    assert told["importance"].effect == pytest.approx(scored(ANSWERED_FIRST) - scored(NO_EVIDENCE))
    assert scored(SWEPT) < scored(NO_EVIDENCE)
    slight = replace(ANSWERED_FIRST, soon=2)
    assert "importance" not in {one.factor for one in reasons(reading(), POLICY, replace(mail, evidence=slight))}


def test_the_policy_switches_it_off():
    """Off, or with a policy of an earlier release, evidence moves nothing and is no reason."""
    before_this_release = policy_from_text(SHIPPED.partition("[importance]")[0])

    for policy in (OFF, before_this_release):
        assert scored(ANSWERED_FIRST, policy=policy) == scored(NO_EVIDENCE, policy=policy)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("learned = 1", "learned must be true or false"),
        ("most = 0.3", "most is 0.3"),
        ("most = true", "most must be a number"),
        ("speed = 1", "unknown entry 'speed'"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(entry, named):
    """A policy that is wrong is refused with the entry at fault."""
    key = entry.partition(" ")[0]
    lines = [line for line in ("learned = true", "most = 0.1") if not line.startswith(key)]
    text = SHIPPED.partition("[importance]")[0] + "\n".join(["[importance]", *lines, entry])

    with pytest.raises(InvalidPolicy, match=named):
        policy_from_text(text)


NORMAL = reading(urgency=Urgency.NORMAL)


@pytest.mark.parametrize(
    ("said", "alone", "done", "treatment"),
    [
        (Statement(urgency=Urgency.HIGH), NORMAL, {}, Treatment.RAISED),
        (Statement(urgency=Urgency.LOW), NORMAL, {"done_after": HOUR}, Treatment.LOWERED),
        (Statement(action_required=False), NORMAL, {}, Treatment.LOWERED),
        (Statement(urgency=Urgency.NORMAL), NORMAL, {}, None),
        (Statement(), NORMAL, {}, None),
        (Statement(), NORMAL, {"done_after": HOUR}, Treatment.SOON),
        (Statement(), NORMAL, {"done_after": 2 * HOUR}, Treatment.OTHER),
        (Statement(), None, {"done_after": HOUR}, Treatment.OTHER),
        (Statement(), reading(action_required=0.1), {"done_after": HOUR}, Treatment.OTHER),
        (Statement(), NORMAL, {"done_after": HOUR, "is_automatic": True}, Treatment.OTHER),
        (Statement(), NORMAL, {"done_after": HOUR, "with_many": True}, Treatment.SWEPT),
        (Statement(topic="order"), NORMAL, {"done_after": HOUR, "with_many": True}, Treatment.OTHER),
        (Statement(), NORMAL, {"done_after": HOUR, "with_many": True, "in_incident": True}, Treatment.OTHER),
    ],
)
def test_what_people_did(said, alone, done, treatment):
    """Corrections count, quick answers to mail that asks for one, and sweeping; newsletters done at once do not."""
    assert treatment_of(Said(said), alone, **{"done_after": None, **done}) is treatment


def test_what_a_rule_says_is_nobodys_doing():
    """A label that a rule of the mailbox gave counts for the mail and teaches nothing of its sender."""
    by_rule = Said(Statement(urgency=Urgency.CRITICAL), by_rule=frozenset({"urgency"}))

    assert treatment_of(by_rule, NORMAL, done_after=None) is None
