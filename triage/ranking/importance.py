"""How much the mail of a sender counts for by what people did with earlier mail of theirs.

Only what people did counts, and in shares: who sends much gains nothing by it. Little evidence moves little, and all of
it never more than the policy allows; nothing that is learned brings mail into the band `critical` or lowers mail that
is critical, so an address that somebody forges buys them a little, and hides nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import nextafter

from triage.labels import Band, Urgency
from triage.ranking.policy import PriorityPolicy
from triage.ranking.reading import Reading, likeliest
from triage.ranking.statement import Said

# Mails of a sender that are looked at, the newest; with fewer than the least nothing is learned.
MOST_MAILS, FEWEST_MAILS = 50, 3
# As if so many mails more had said nothing.
_DOUBT = 5
# From this effect on it is told: people should know what moves their mail, and need not read of a thousandth.
TOLD_FROM = 0.005
_SOON = timedelta(hours=1)
_STEPS = list(Urgency)


class Treatment(StrEnum):
    """What people did with one mail."""

    RAISED = "raised"  # said to be more urgent than the model had read, or to need an answer where it saw none
    LOWERED = "lowered"  # the reverse
    SOON = "soon"  # it asked for something, and was done within the hour, by itself
    SWEPT = "swept"  # done together with many others, and nothing was said of it
    OTHER = "other"  # done in any other way, which says nothing


_IN_WORDS = {
    Treatment.RAISED: ("usually raised", "were said to press more than they seemed to"),
    Treatment.LOWERED: ("usually lowered", "were said to press less than they seemed to"),
    Treatment.SOON: ("usually answered first", "were handled within the hour"),
    Treatment.SWEPT: ("usually set aside", "were closed together with many others"),
}


@dataclass(frozen=True, slots=True)
class Usual:
    """How often people of a mailbox do mail soon, and with many others: shares of it, from 0 to 1."""

    soon: float = 0.0
    swept: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many of the newest mails of a sender people treated in which way; `usual` is what the mailbox does."""

    mails: int
    raised: int = 0
    lowered: int = 0
    soon: int = 0
    swept: int = 0
    usual: Usual = Usual()


NO_EVIDENCE = Evidence(0)


def treatment_of(
    said: Said,
    alone: Reading | None,
    *,
    done_after: timedelta | None,
    with_many: bool = False,
    in_incident: bool = False,
    is_automatic: bool = False,
) -> Treatment | None:
    """Return what people did with a mail; `None` where nothing was done.

    Args:
        said: What is said of it; what a rule says is nobody's doing.
        alone: What the model said by itself, `None` before it has.
        done_after: How long after it came to us somebody was done with it; `None` while it is open.
        with_many: It was done together with many others.
        in_incident: It is one of many about one matter, which people do together.
        is_automatic: A machine sent it, or it went to many; that it is done soon says nothing.
    """
    steps = _steps_raised(said, alone)
    if steps:
        return Treatment.RAISED if steps > 0 else Treatment.LOWERED
    if done_after is None:
        return None
    if with_many:
        is_spoken_of = not said.by_rule.issuperset(said.statement.heads)
        return Treatment.OTHER if in_incident or is_spoken_of else Treatment.SWEPT
    is_soon = timedelta(0) < done_after <= _SOON
    return Treatment.SOON if is_soon and not is_automatic and _asks(said, alone) else Treatment.OTHER


def usual_of(treatments: Sequence[str]) -> Usual:
    """Return what people do with the mail of a mailbox, by the newest of it."""
    count = max(len(treatments), 1)
    return Usual(treatments.count(Treatment.SOON) / count, treatments.count(Treatment.SWEPT) / count)


def evidence_of(treatments: Iterable[str], usual: Usual) -> Evidence:
    """Return how often each treatment is among those of a sender."""
    found = list(treatments)
    return Evidence(
        mails=len(found),
        raised=found.count(Treatment.RAISED),
        lowered=found.count(Treatment.LOWERED),
        soon=found.count(Treatment.SOON),
        swept=found.count(Treatment.SWEPT),
        usual=usual,
    )


def learned(evidence: Evidence, policy: PriorityPolicy) -> float:
    """Return what the evidence of a sender adds, at most what the policy allows up or down; 0 without evidence.

    What is done soon and what is swept counts as far as it is more than is usual in the mailbox. That a mail takes long
    says nothing: it may be hard to answer.
    """
    if evidence.mails < FEWEST_MAILS or not policy.learned_most:
        return 0.0
    uncorrected = evidence.mails - evidence.raised - evidence.lowered
    soon = max(evidence.soon - evidence.usual.soon * uncorrected, 0.0)
    swept = max(evidence.swept - evidence.usual.swept * uncorrected, 0.0)
    balance = evidence.raised + soon - evidence.lowered - swept
    return policy.learned_most * balance / (evidence.mails + _DOUBT)


def with_learned(
    score: float, evidence: Evidence, reading: Reading | None, policy: PriorityPolicy, said: Said
) -> float:
    """Return a score moved by what was learned of its sender: not into the band `critical`, and not down from there."""
    added = learned(evidence, policy)
    critical = policy.band_from[Band.CRITICAL]
    if added < 0:
        return score if score >= critical or _is_critical(reading, said) else max(score + added, 0.0)
    return min(score + added, 1.0 if score >= critical else nextafter(critical, 0.0))


def in_words(evidence: Evidence, address: str, *, is_raised: bool) -> tuple[Treatment, str]:
    """Return which treatment raised, or lowered, the mail of a sender most, and the same as a sentence."""
    ways = (Treatment.RAISED, Treatment.SOON) if is_raised else (Treatment.LOWERED, Treatment.SWEPT)
    way = max(ways, key=lambda one: _count(evidence, one))
    begin, end = _IN_WORDS[way]
    return way, f"{begin}: {_count(evidence, way)} of {evidence.mails} mails of {address} {end}"


def _count(evidence: Evidence, way: Treatment) -> int:
    return int(getattr(evidence, way))


def _steps_raised(said: Said, alone: Reading | None) -> int:
    """Return by how much people raised what the model said, below 0 where they lowered it."""
    if alone is None:
        return 0
    statement = said.statement
    if statement.urgency is not None and "urgency" not in said.by_rule:
        steps = _STEPS.index(statement.urgency) - _STEPS.index(likeliest(alone.urgency))
        if steps:
            return steps
    if statement.action_required is None or "action_required" in said.by_rule:
        return 0
    return int(statement.action_required) - int(alone.action_required >= 0.5)


def _asks(said: Said, alone: Reading | None) -> bool:
    if said.statement.action_required is not None:
        return said.statement.action_required
    return alone is not None and alone.action_required >= 0.5


def _is_critical(reading: Reading | None, said: Said) -> bool:
    """Say whether a mail is critical by what people say of it, or else as the model reads it."""
    if said.statement.urgency is not None:
        return said.statement.urgency is Urgency.CRITICAL
    return reading is not None and likeliest(reading.urgency) is Urgency.CRITICAL
