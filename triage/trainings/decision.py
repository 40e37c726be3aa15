"""The gate: whether a candidate takes the place of the active model, from the figures of both on the same labels.

A candidate is activated only if no figure is worse beyond chance and something is better: a figure beyond chance, or a
topic that the active model does not know is read well. Chance is an interval of the difference: of 95 % where it
speaks against the candidate, of 99 % where it speaks for it, since there are several figures to be lucky in.

A mailbox is read by its model with a memory of its labels beside it, which may have made up for what the model lacks.
So a candidate must not be worse in that company either, and what it is better in counts only if it is no worse there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from triage.comparison import CALIBRATED, Decision, difference

LEAST_HELD_OUT = 20  # labels of a head below which its figures say nothing
LEAST_CRITICAL = 5  # critical mails held out below which their recall says nothing
LEAST_OF_TOPIC = 8  # mails of a topic held out below which it has no floor
MOST_TOPIC_MAY_FALL = 0.15  # F1, where that is beyond chance
NEW_TOPIC_WELL = 0.5  # F1 at which a topic that the active model does not know is read well
LEAST_OF_NEW_TOPIC = 3  # mails of it held out

# A candidate may be chosen for these. Calibration is none: noise in the labels would make it look better.
_BETTER_BY = ("topic_macro_f1", "sentiment_macro_f1", "urgency_kappa", "urgency_macro_f1", "action_required_macro_f1")
_WORDS = {"macro_f1": "macro-F1", "kappa": "quadratic kappa", "critical_recall": "recall of critical mail"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of both models on the same labels.

    Attributes:
        mails: Labels that it rests on.
        within: Bounds of the difference, candidate less active, that 95 % of the draws lie between.
        surely: The same for 99 %.
    """

    name: str
    mails: int
    active: float
    candidate: float
    within: tuple[float, float]
    surely: tuple[float, float]

    @property
    def is_calibration(self) -> bool:
        """Whether less is better."""
        return self.name.endswith("_ece")

    @property
    def numbers(self) -> str:
        """Return what was measured, as part of a sentence."""
        on = f"{self.mails} labels held out"
        return difference(self.active, self.candidate, self.within, of="model", on=on)


@dataclass(frozen=True, slots=True)
class OfTopic(Compared):
    """The F1 of one topic, of which the active model may never have heard."""

    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the gate looks at.

    Attributes:
        mails: Mails held out.
        figures: Of both models alone.
        aided: Of both with a memory of the labels that the candidate learned from, as the mailbox is read in truth.
    """

    active: str
    candidate: str
    mails: int
    figures: tuple[Compared, ...]
    topics: tuple[OfTopic, ...]
    aided: tuple[Compared, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self)


def comparison_from(told: Mapping[str, Any]) -> Comparison:
    """Return a comparison that was written as JSON."""
    figures = tuple(Compared(**_bounds(figure)) for figure in told["figures"])
    topics = tuple(OfTopic(**_bounds(topic)) for topic in told["topics"])
    aided = tuple(Compared(**_bounds(figure)) for figure in told.get("aided", ()))
    return Comparison(told["active"], told["candidate"], told["mails"], figures, topics, aided)


def decide(comparison: Comparison) -> Decision:
    """Say whether the candidate is activated."""
    figures = [figure for figure in comparison.figures if _counts(figure)]
    if not figures:
        return Decision(False, too_few_held_out(max((one.mails for one in comparison.figures), default=0)))
    aided = [figure for figure in comparison.aided if _counts(figure) and not figure.is_calibration]
    in_company = (f"with memory beside it {worse}" for worse in _worse(aided, ()))
    worse = next(chain(_worse(figures, comparison.topics), in_company), None)
    if worse is not None:
        return Decision(False, f"refused: {worse}; the active model reads on")
    outdone = {figure.name for figure in aided if figure.candidate < figure.active}
    better = list(_better(figures, comparison.topics, outdone))
    if better:
        return Decision(True, f"activated: {'; '.join(better)}")
    if outdone:
        first = next(figure for figure in aided if figure.name in outdone)
        return Decision(False, f"refused: memory makes up for it; {named(first)} with memory is {first.numbers}")
    nearest = max((one for one in figures if one.name in _BETTER_BY), key=lambda one: one.within[1], default=figures[0])
    return Decision(
        False, f"refused: nothing is better beyond chance; {named(nearest)} is {nearest.numbers}; label more mail"
    )


def too_few_held_out(held: int) -> str:
    """Return the sentence for a candidate that cannot be judged."""
    return f"{held} of {LEAST_HELD_OUT} labels held out to judge a candidate by; label more mail"


def _counts(figure: Compared) -> bool:
    least = LEAST_CRITICAL if figure.name == "urgency_critical_recall" else LEAST_HELD_OUT
    return figure.mails >= least


def _worse(figures: list[Compared], topics: tuple[OfTopic, ...]) -> Iterator[str]:
    for figure in figures:
        if figure.is_calibration:
            is_worse = figure.within[0] > 0 and figure.candidate > CALIBRATED
        else:
            is_worse = figure.within[1] < 0
        if is_worse:
            yield f"{named(figure)} is worse, {figure.numbers}"
    for topic in topics:
        falls = topic.active - topic.candidate > MOST_TOPIC_MAY_FALL and topic.surely[1] < 0
        if topic.mails >= LEAST_OF_TOPIC and falls:
            yield f"topic {topic.name} is read worse, F1 {topic.numbers}"


def _better(figures: list[Compared], topics: tuple[OfTopic, ...], outdone: set[str]) -> Iterator[str]:
    for figure in figures:
        if figure.name in _BETTER_BY and figure.surely[0] > 0 and figure.name not in outdone:
            yield f"{named(figure)} is better, {figure.numbers}"
    for topic in topics:
        is_read = topic.mails >= LEAST_OF_NEW_TOPIC and topic.candidate >= NEW_TOPIC_WELL
        if topic.is_new and is_read and "topic_macro_f1" not in outdone:
            yield f"new topic {topic.name} is read, F1 {topic.candidate:.2f} of {topic.mails} held out"


def named(figure: Compared) -> str:
    """Return which figure it is, in words."""
    head = next(head for head in ("action_required", "topic", "sentiment", "urgency") if figure.name.startswith(head))
    kind = figure.name.removeprefix(f"{head}_")
    return f"{head.replace('_', ' ')} {_WORDS.get(kind, 'calibration error')}"


def _bounds(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, "within": tuple(told["within"]), "surely": tuple(told["surely"])}
