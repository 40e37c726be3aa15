"""What the rules of a policy make of a score."""

from math import nextafter

from triage.labels import Band, TopicState
from triage.ranking.circumstances import Circumstances
from triage.ranking.policy import PriorityPolicy
from triage.ranking.reading import Reading, likeliest
from triage.ranking.rules import LOWEST_FIRST, Rule, span_of
from triage.ranking.statement import NOTHING_SAID, Said


def ruled(
    score: float,
    reading: Reading | None,
    policy: PriorityPolicy,
    circumstances: Circumstances,
    said: Said = NOTHING_SAID,
) -> tuple[float, list[Rule]]:
    """Return a score moved just as far as the bands of the rules that fit demand, and those rules."""
    if not policy.rules:
        return score, []
    topic = _sure_topic(reading, policy, said)
    fitting = [rule for rule in policy.rules if rule.fits(circumstances, topic, policy.zone)]
    lowest, highest = span_of(fitting)
    return min(max(score, _begin(lowest, policy)), _end(highest, policy)), fitting


def unread_priority(policy: PriorityPolicy, circumstances: Circumstances) -> float:
    """Return where mail stands that nobody has read yet: where an ordinary one would, or as rules say."""
    return ruled(policy.default_priority, None, policy, circumstances)[0]


def _sure_topic(reading: Reading | None, policy: PriorityPolicy, said: Said) -> str | None:
    """Return what a mail is about where a person said so, or the model is as sure as for a topic that is applied."""
    if said.statement.topic is not None or reading is None:
        return said.statement.topic
    topic = likeliest(reading.topic)
    return topic if policy.topic_state(reading.topic[topic]) is TopicState.APPLIED else None


def _begin(band: Band, policy: PriorityPolicy) -> float:
    return 0.0 if band is Band.LOW else policy.band_from[band]


def _end(band: Band, policy: PriorityPolicy) -> float:
    if band is Band.CRITICAL:
        return 1.0
    above = LOWEST_FIRST[LOWEST_FIRST.index(band) + 1]
    return max(nextafter(policy.band_from[above], 0.0), _begin(band, policy))
