"""Rules of a policy: which mail they fit, what they see to, and that nothing a mail says takes it below."""

import random
from datetime import UTC, datetime
from itertools import product

import pytest

from tests.make import POLICY, reading
from tests.triage.ranking.test_priority import shipped_figures
from triage.errors import InvalidPolicy
from triage.labels import Band, Sentiment, Topic, Urgency
from triage.ranking import (
    Circumstances,
    ImageFinding,
    PriorityPolicy,
    Said,
    Statement,
    policy_from,
    priority,
    reasons,
)

LOW = reading(topic=Topic.BULK, urgency=Urgency.LOW, confidence=0.97, action_required=0.05)
CRITICAL = reading(urgency=Urgency.CRITICAL, confidence=0.99, sentiment=Sentiment.NEGATIVE, action_required=0.99)
SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
SATURDAY_EVENING = datetime(2026, 3, 7, 21, tzinfo=UTC)


def ruled_by(*rules, **tables) -> PriorityPolicy:
    return policy_from(shipped_figures() | {"rules": list(rules), "timezone": "Europe/Berlin"} | tables)


def band(policy, one=LOW, said=None, **mail):
    told = () if said is None else (said,)
    return policy.band(priority(one, policy, Circumstances(**mail), *told))


def photo(confidence):
    return {"findings": (ImageFinding("photo", confidence),)}


@pytest.mark.parametrize(
    ("condition", "fits", "others"),
    [
        ({"senders": ["@Clinic.example"]}, {"sender_address": "a@clinic.EXAMPLE"}, {"sender_address": "a@b.example"}),
        ({"senders": ["@*.gov.example"]}, {"sender_address": "a@x.gov.example"}, {"sender_address": "a@gov.example"}),
        (
            {"senders": ["alarm-*@b.example"]},
            {"sender_address": "alarm-7@b.example"},
            {"sender_address": "x@b.example"},
        ),
        ({"recipients": ["911@b.example"]}, {"recipients": ("x@b.example", "911@B.example")}, {"recipients": ()}),
        ({"words": ["gas leak"]}, {"text": "A GAS-leak!"}, {"text": "gas. No leaking"}),
        ({"words": ["evacuat*"]}, {"subject": "Evacuated"}, {"subject": "vacuum"}),
        ({"words": ["*kasse"]}, {"text": "die Krankenkasse."}, {"text": "kassel"}),
        ({"words": ["Straße"]}, {"subject": "STRASSE"}, {"subject": "stras"}),
        ({"findings": ["photo"]}, photo(0.9), photo(0.4)),
        ({"days": ["Saturday"]}, {"received_at": SATURDAY_NIGHT}, {"received_at": None}),
        ({"hours": "23:00-06:00"}, {"received_at": SATURDAY_NIGHT}, {"received_at": SATURDAY_EVENING}),
    ],
)
def test_rule_fits_what_it_names_and_nothing_else(condition, fits, others):
    """Each condition is true of the mail that it is about, in any case of letters, and of no other."""
    policy = ruled_by({"at_least": "high", **condition})

    assert band(policy, **fits) is Band.HIGH
    assert band(policy, **others) is Band.LOW


def test_all_conditions_of_a_rule_must_fit():
    """Of a list one entry is enough, of the conditions all are needed."""
    policy = ruled_by({"senders": ["@a.example", "@b.example"], "words": ["leak"], "force": "critical"})

    assert band(policy, sender_address="x@b.example", text="a leak") is Band.CRITICAL
    assert band(policy, sender_address="x@b.example", text="nothing") is Band.LOW


def test_topic_counts_once_it_is_sure():
    """A topic that is only suggested decides nothing; one that a person named does."""
    policy = ruled_by({"topics": ["billing"], "at_least": "critical"})

    assert band(policy, reading(topic=Topic.BILLING, confidence=0.95)) is Band.CRITICAL
    assert band(policy, reading(topic=Topic.BILLING, confidence=0.6)) is not Band.CRITICAL
    assert band(policy, LOW, Said(Statement(topic="billing"))) is Band.CRITICAL


def test_forced_band_is_a_lid_and_a_floor_is_none():
    """`force` says which band exactly, `at_least` leaves room above."""
    forced = ruled_by({"senders": ["@b.example"], "force": "normal"})
    floor = ruled_by({"senders": ["@b.example"], "at_least": "normal"})

    assert [band(forced, one, sender_address="a@b.example") for one in (LOW, CRITICAL)] == [Band.NORMAL, Band.NORMAL]
    assert [band(floor, one, sender_address="a@b.example") for one in (LOW, CRITICAL)] == [Band.NORMAL, Band.CRITICAL]


@pytest.mark.parametrize(("kind", "wanted"), list(product(("at_least", "force"), Band)))
def test_nothing_a_mail_says_takes_it_below_a_band_that_a_rule_gives_its_sender(kind, wanted):
    """A-40: whatever the model believes, whatever the text and the images are and whichever other rules fit."""
    chance = random.Random(40)
    others = [
        {"words": ["unsubscribe"], "force": "low"},
        {"words": ["newsletter"], "force": "normal"},
        {"topics": ["bulk"], "force": "low"},
        {"findings": ["logo"], "force": "low"},
    ]
    chance.shuffle(others)
    policy = ruled_by(*others[:2], {"senders": ["@b.example"], kind: wanted}, *others[2:])
    rising = list(Band)
    for _ in range(200):
        one = reading(
            topic=chance.choice(list(Topic)),
            sentiment=chance.choice(list(Sentiment)),
            urgency=chance.choice(list(Urgency)),
            confidence=chance.uniform(0.4, 1),
            action_required=chance.random(),
        )
        mail = Circumstances(
            "a@b.example",
            is_automatic=chance.random() < 0.5,
            findings=(ImageFinding("logo", chance.random()),),
            text=" ".join(chance.choices(["urgent", "unsubscribe", "newsletter", "leak", "x"], k=4)),
        )

        assert rising.index(policy.band(priority(one, policy, mail))) >= rising.index(wanted)


def test_reasons_tell_the_rules_in_words_and_add_up():
    """People read which rule moved a mail, and by how much; a rule that moved nothing is told too."""
    policy = ruled_by(
        {"name": "Clinics", "senders": ["@clinic.example"], "at_least": "high"},
        {"words": ["leak"], "at_least": "normal"},
    )
    mail = Circumstances("a@clinic.example", text="a leak")

    found = reasons(LOW, policy, mail, most=9)

    lifted = pytest.approx(POLICY.band_from[Band.HIGH] - priority(LOW, POLICY))
    assert {reason.text: reason.effect for reason in found if reason.factor == "rule"} == {
        "a rule of the policy (Clinics): mail from @clinic.example is at least high": lifted,
        "a rule of the policy: mail with “leak” in it is at least normal": 0,
    }
    moved = priority(LOW, policy, mail) - policy.default_priority
    assert sum(reason.effect for reason in found) == pytest.approx(moved, abs=1e-9)


def test_vips_are_never_below_their_band():
    """A list of senders is enough."""
    policy = ruled_by(vips={"senders": ["mayor@city.example", "@clinic.example"]})

    assert band(policy, sender_address="Mayor@city.example") is Band.HIGH
    assert band(policy, sender_address="clerk@city.example") is Band.LOW


def test_mail_without_rules_stands_where_it_stood():
    """A policy of an earlier release has no such tables, and ranks as it did."""
    assert (POLICY.rules, POLICY.answer_within) == ((), {})
    assert priority(LOW, POLICY, Circumstances("a@b.example", text="gas leak")) == priority(LOW, POLICY)


FROM_A = {"senders": ["a@b"]}


@pytest.mark.parametrize(
    ("tables", "complaint"),
    [
        ({"rules": [{**FROM_A, "at_least": "urgent"}]}, "[[rules]] 1 at_least is 'urgent'; it must be one of low"),
        ({"rules": [{**FROM_A, "name": "X"}]}, "[[rules]] 1 (X) must say either at_least or force"),
        ({"rules": [{**FROM_A, "at_least": "low", "force": "low"}]}, "either at_least or force"),
        ({"rules": [{"at_least": "high"}]}, "names no mail"),
        ({"rules": [{"senders": [], "at_least": "high"}]}, "senders is empty and would fit all mail"),
        ({"rules": [{"from": ["a@b"], "at_least": "high"}]}, "unknown entry 'from'"),
        ({"rules": [{"words": ["ga*s"], "at_least": "high"}]}, "words has 'ga*s'"),
        ({"rules": [{"words": ["(a+)+$*x"], "at_least": "high"}]}, "only at an end"),
        ({"rules": [{"words": ["**"], "at_least": "high"}]}, "write words"),
        ({"rules": [{"words": "gas", "at_least": "high"}]}, "must be a list of texts"),
        ({"rules": [{"senders": ["a*b*c*d*@e"], "at_least": "high"}]}, "at most"),
        ({"rules": [{"senders": ["clinic.example"], "at_least": "high"}]}, "write an address"),
        ({"rules": [{"days": ["Caturday"], "at_least": "high"}]}, "days has 'Caturday'"),
        ({"rules": [{"hours": "late", "at_least": "high"}]}, "write hours as"),
        ({"rules": FROM_A}, "under a [[rules]] of its own"),
        ({"rules": [{**FROM_A, "at_least": "high"}] * 201}, "keep it to 200"),
        ({"vips": {"names": []}}, "[vips] has an unknown entry 'names'"),
        ({"timezone": "Mars/Olympus"}, "timezone 'Mars/Olympus' is not known"),
        ({"timezone": 7}, "timezone 7 is not known"),
        ({"business_hours": {"monday": "17:00-08:00"}}, "[business_hours] monday goes on past midnight"),
        ({"business_hours": {}}, "names no day"),
        ({"business_hours": {"monday": "08:00-17:00", "holidays": ["Christmas"]}}, "holidays has 'Christmas'"),
        ({"business_hours": {"monday": "08:00-17:00", "holidays": 7}}, "holidays must be a list"),
        ({"answer_within": {"critical": 0}}, "[answer_within] critical must be hours"),
        ({"answer_within": {"urgent": 1}}, "unknown entry 'urgent'"),
    ],
)
def test_wrong_entry_is_named_in_a_sentence(tables, complaint):
    """Whoever writes a policy is told which entry to mend, and how."""
    with pytest.raises(InvalidPolicy) as refused:
        policy_from(shipped_figures() | tables)

    assert complaint in str(refused.value)
