"""From a reading to a priority, its reasons, and a place in the inbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from triage.labels import Sentiment, Urgency
from triage.ranking.circumstances import NO_CIRCUMSTANCES, Circumstances
from triage.ranking.explanation import Phrases
from triage.ranking.finding import findings_that_count
from triage.ranking.importance import NO_EVIDENCE, TOLD_FROM, in_words, with_learned
from triage.ranking.policy import PARTS, PriorityPolicy
from triage.ranking.reading import Reading, likeliest
from triage.ranking.ruling import ruled
from triage.ranking.statement import NOTHING_SAID, Said, Statement, factor_of, head_of


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved a priority.

    Attributes:
        factor: `urgency`, `topic`, `sentiment`, `action`, `sender`, `importance`, `image`, `automatic`, `rule` or
            `waiting`.
        value: The label or rule it rests on, such as `critical` or `@hospital.example`, or what people did.
        effect: How far it moved the priority from that of an ordinary mail; the sum over all is the difference.
        text: The same in words.
        phrases: The passages of the mail that it rests on, strongest first; of what raised pressing mail alone.
    """

    factor: str
    value: str
    effect: float
    text: str
    phrases: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored and shown."""
        told = {"factor": self.factor, "value": str(self.value), "effect": round(self.effect, 4), "text": self.text}
        return told | ({"phrases": list(self.phrases)} if self.phrases else {})


# Unit, its length in seconds, and up to where it is used.
DURATIONS = (
    ("minute", 60, 90 * 60),
    ("hour", 3600, 36 * 3600),
    ("day", 86400, 730 * 86400),
    ("year", 365.25 * 86400, float("inf")),
)
# Factors are called as the parts of the policy, but for this one.
_FACTOR = {"mood": "sentiment"}
_IN_WORDS = {True: "yes", False: "no"}
_URGENCY_IN_WORDS = {
    Urgency.LOW: "no hurry",
    Urgency.NORMAL: "can wait a few working days",
    Urgency.HIGH: "should be dealt with today",
    Urgency.CRITICAL: "needs somebody now",
}
_KIND_IN_WORDS = {
    "screenshot": "a screenshot",
    "document": "a scanned document",
    "receipt": "a receipt or invoice",
    "photo": "a photo",
    "logo": "a logo",
}
_SENTIMENT_IN_WORDS = {
    Sentiment.NEGATIVE: "the writer is unhappy",
    Sentiment.NEUTRAL: "the writer is matter-of-fact",
    Sentiment.POSITIVE: "the writer is content",
}


def priority(
    reading: Reading | None,
    policy: PriorityPolicy,
    circumstances: Circumstances = NO_CIRCUMSTANCES,
    said: Said = NOTHING_SAID,
) -> float:
    """Score one email from 0 to 1; of two that arrived together the inbox shows the higher first.

    The score is a weighted sum of four expectations under the reading: urgency level, topic weight, an unhappy
    writer, a need to act. It uses whole distributions and not the winning labels, so a mail that is critical with
    51 % ranks below one that is with 99 %. What was said is certain; of mail without a reading the rest is taken as in
    an ordinary one. Then the adjustments of the sender and of attached images are added, and automatic mail scaled
    down; then what was learned of the sender is added. Last the rules that fit see to its band.
    """
    return ruled(_unruled(reading, policy, circumstances, said), reading, policy, circumstances, said)[0]


def _unruled(reading: Reading | None, policy: PriorityPolicy, circumstances: Circumstances, said: Said) -> float:
    score = sum(policy.share[part] * value for part, value in _parts(reading, policy, said).items())
    score += sender_adjustment(circumstances.sender_address, policy)[1]
    score += sum(added for _, added in findings_that_count(circumstances.findings, policy).values())
    if circumstances.is_automatic:
        score *= policy.automatic_mail_factor
    score = min(max(score, 0.0), 1.0)
    return with_learned(score, circumstances.evidence, reading, policy, said)


def reasons(
    reading: Reading | None,
    policy: PriorityPolicy,
    circumstances: Circumstances = NO_CIRCUMSTANCES,
    explanation: Phrases | None = None,
    *,
    said: Said = NOTHING_SAID,
    most: int = 4,
) -> list[Reason]:
    """Return what moved the priority most, strongest first: all that was said, and others up to `most` together.

    Rules that fit, attached images that count and what was learned of the sender come on top: however little they add,
    people see them and want to know. With a reading there are at least three. With an explanation, the reasons that
    rest on the mail's words say which.
    """
    effects = _effects(reading, policy, said)
    of_people = _said_reasons(said, effects)
    of_model = [] if reading is None else _reading_reasons(reading, effects, explanation)
    named = {reason.factor for reason in of_people}
    others = [reason for reason in of_model if reason.factor not in named]
    others += _circumstance_reasons(reading, policy, circumstances, said)
    kept = sorted(others, key=_strongest_first)[: max(most - len(of_people), 0)]
    of_images = _finding_reasons(circumstances, policy)
    of_rules = rule_reasons(reading, policy, circumstances, said)
    learned = _learned_reasons(reading, policy, circumstances, said)
    return sorted([*of_people, *kept, *of_images, *of_rules, *learned], key=_strongest_first)


def rule_reasons(
    reading: Reading | None, policy: PriorityPolicy, circumstances: Circumstances, said: Said = NOTHING_SAID
) -> list[Reason]:
    """Return the rules that fit; what all of them moved is the effect of the one that decided."""
    if not policy.rules:
        return []
    score = _unruled(reading, policy, circumstances, said)
    after, fitting = ruled(score, reading, policy, circumstances, said)
    decisive = next((rule for rule in fitting if rule.band is policy.band(after)), None)
    return [
        Reason("rule", rule.name or str(rule.band), after - score if rule is decisive else 0.0, rule.in_words())
        for rule in fitting
    ]


def rank_at(received_at: datetime, stored_at: datetime, score: float, policy: PriorityPolicy) -> datetime:
    """Return the inbox's sort key: earlier stands higher.

    Linear ageing keeps the order of any two emails constant over time, so the key is stored once, the inbox is one
    index scan, and nothing waits for ever: after one horizon the least pressing mail stands where the most pressing
    mail of the day would. Mail that was older than the policy's backlog when it came to us has waited elsewhere, where
    somebody may have dealt with it: it counts as that old and no older.
    """
    return max(received_at, stored_at - policy.backlog) - policy.horizon * score


def waiting_reason(received_at: datetime, now: datetime, policy: PriorityPolicy) -> Reason:
    """Return how long an email has waited; its effect is the priority a fresh email needs to stand beside it."""
    waited = max((now - received_at).total_seconds(), 0.0)
    return Reason("waiting", "", waited / policy.horizon.total_seconds(), f"waiting for {duration_in_words(waited)}")


def duration_in_words(seconds: float) -> str:
    """Return a duration as a person would say it: `less than a minute`, `40 minutes`, `5 hours`, `3 days`."""
    if seconds < 60:
        return "less than a minute"
    unit, length = next((unit, length) for unit, length, until in DURATIONS if seconds < until)
    count = max(round(seconds / length), 1)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def sender_adjustment(address: str, policy: PriorityPolicy) -> tuple[str, float]:
    """Return the rule that fits a sender and what it adds; the address goes before its domain, `("", 0.0)` if none."""
    address = address.lower()
    for rule in (address, "@" + address.rpartition("@")[2]):
        if rule in policy.sender_adjustment:
            return rule, policy.sender_adjustment[rule]
    return "", 0.0


def _strongest_first(reason: Reason) -> float:
    return -abs(reason.effect)


def _parts(reading: Reading | None, policy: PriorityPolicy, said: Said = NOTHING_SAID) -> dict[str, float]:
    if reading is None:
        return {**policy.ordinary, **_said_parts(said.statement, policy)}
    values = (
        sum(p * policy.urgency_level[step] for step, p in reading.urgency.items()),
        sum(p * policy.weight_of(topic) for topic, p in reading.topic.items()),
        reading.sentiment[Sentiment.NEGATIVE],
        reading.action_required,
    )
    parts = dict(zip(PARTS, values, strict=True))
    return parts if said is NOTHING_SAID else parts | _said_parts(said.statement, policy)


def _said_parts(statement: Statement, policy: PriorityPolicy) -> dict[str, float]:
    """Return what the parts are worth when the probability of a said label is 1."""
    parts = {}
    if statement.urgency is not None:
        parts["urgency"] = policy.urgency_level[statement.urgency]
    if statement.topic is not None:
        parts["topic"] = policy.weight_of(statement.topic)
    if statement.sentiment is not None:
        parts["mood"] = float(statement.sentiment is Sentiment.NEGATIVE)
    if statement.action_required is not None:
        parts["action"] = float(statement.action_required)
    return parts


def _effects(reading: Reading | None, policy: PriorityPolicy, said: Said) -> dict[str, float]:
    """Return for each factor how far it moved the priority from that of an ordinary mail."""
    return {
        _FACTOR.get(part, part): policy.share[part] * (value - policy.ordinary[part])
        for part, value in _parts(reading, policy, said).items()
    }


def _said_reasons(said: Said, effects: Mapping[str, float]) -> list[Reason]:
    found = []
    for head, value in said.statement.as_json().items():
        factor, shown = factor_of(head), _IN_WORDS.get(value, value)
        who = "a rule says" if head in said.by_rule else "you said"
        found.append(Reason(factor, shown, effects[factor], f"{factor}: {who} {shown}"))
    return found


def _reading_reasons(reading: Reading, effects: Mapping[str, float], explanation: Phrases | None) -> list[Reason]:
    urgency, topic, sentiment = likeliest(reading.urgency), likeliest(reading.topic), likeliest(reading.sentiment)
    must_act = reading.action_required >= 0.5
    action_text = "somebody must answer or act" if must_act else "nobody needs to answer"
    action_sure = max(reading.action_required, 1 - reading.action_required)
    told = (
        ("urgency", urgency, _sure(_URGENCY_IN_WORDS[urgency], reading.urgency[urgency])),
        ("topic", topic, _sure(f"about {topic}", reading.topic[topic])),
        ("sentiment", sentiment, _sure(_SENTIMENT_IN_WORDS[sentiment], reading.sentiment[sentiment])),
        ("action", _IN_WORDS[must_act], _sure(action_text, action_sure)),
    )
    recalled = _recalled(reading)
    return [
        Reason(
            factor,
            value,
            effects[factor],
            f"{text}, as mail like it was labelled here" if factor in recalled else text,
            explanation.phrases(head_of(factor)) if explanation and effects[factor] > 0 else (),
        )
        for factor, value, text in told
    ]


def _recalled(reading: Reading) -> frozenset[str]:
    """Return the factors whose label is not the one that the model alone would have given."""
    alone = reading.unaided
    if alone is None:
        return frozenset()
    differs = {
        "urgency": likeliest(alone.urgency) != likeliest(reading.urgency),
        "topic": likeliest(alone.topic) != likeliest(reading.topic),
        "sentiment": likeliest(alone.sentiment) != likeliest(reading.sentiment),
        "action": (alone.action_required >= 0.5) != (reading.action_required >= 0.5),
    }
    return frozenset(factor for factor, is_other in differs.items() if is_other)


def _circumstance_reasons(
    reading: Reading | None, policy: PriorityPolicy, circumstances: Circumstances, said: Said
) -> list[Reason]:
    found = []
    rule, adjustment = sender_adjustment(circumstances.sender_address, policy)
    if rule:
        found.append(Reason("sender", rule, adjustment, f"the policy has a rule for {rule}"))
    if circumstances.is_automatic:
        by_a_person = replace(circumstances, is_automatic=False)
        effect = _unruled(reading, policy, circumstances, said) - _unruled(reading, policy, by_a_person, said)
        found.append(Reason("automatic", "yes", effect, "sent by a machine or to many"))
    return found


def _learned_reasons(
    reading: Reading | None, policy: PriorityPolicy, circumstances: Circumstances, said: Said
) -> list[Reason]:
    unknown = replace(circumstances, evidence=NO_EVIDENCE)
    effect = _unruled(reading, policy, circumstances, said) - _unruled(reading, policy, unknown, said)
    if abs(effect) < TOLD_FROM:
        return []
    way, text = in_words(circumstances.evidence, circumstances.sender_address, is_raised=effect > 0)
    return [Reason("importance", way, effect, text)]


def _finding_reasons(circumstances: Circumstances, policy: PriorityPolicy) -> list[Reason]:
    return [
        Reason(
            "image", kind, added, _sure(f"{_KIND_IN_WORDS.get(kind, f'an image of {kind}')} is attached", confidence)
        )
        for kind, (confidence, added) in findings_that_count(circumstances.findings, policy).items()
    ]


def _sure(text: str, probability: float) -> str:
    # No model is certain, and a rounded 100 % would say it is.
    share = "over 99" if probability >= 0.995 else f"{100 * probability:.0f}"
    return f"{text} ({share}\N{NO-BREAK SPACE}%)"
