"""The gate: whether a candidate takes the place of what recognises images, from figures on the same labelled images.

Where both answer the same classes, the candidate is activated only if no figure is worse beyond chance and accuracy or
macro-F1 is better beyond chance. Chance is an interval of the difference: of 95 % where it speaks against the
candidate, of 99 % where it speaks for it. A candidate of other classes has nothing to be compared with: it must reach
an accuracy that is stated beforehand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from triage.comparison import CALIBRATED, Decision, difference

LEAST_IMAGES = 20  # below which figures say nothing
LEAST_OF_CLASS = 8  # images of a class below which it has no floor
MOST_CLASS_MAY_FALL = 0.15  # F1, where that is beyond chance

ACCURACY, MACRO_F1, CALIBRATION = "accuracy", "macro-F1", "calibration error"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of both on the same images.

    Attributes:
        name: One of the three above, or the class whose F1 it is.
        images: That it rests on.
        within: Bounds of the difference, candidate less active, that 95 % of the draws lie between.
        surely: The same for 99 %.
    """

    name: str
    images: int
    active: float
    candidate: float
    within: tuple[float, float]
    surely: tuple[float, float]

    @property
    def numbers(self) -> str:
        """Return what was measured, as part of a sentence."""
        return difference(self.active, self.candidate, self.within, of="version", on=f"{self.images} images")


@dataclass(frozen=True, slots=True)
class Judged:
    """All that the gate looks at.

    Attributes:
        candidate: Its version.
        active: The version that it was compared with; `None` where it has other classes, or there is none.
        images: Labelled images that neither learned from.
        learned: Labelled images that were left out because one of them learned from them.
        accuracy: Of the candidate.
        figures: Of both, accuracy, macro-F1 and calibration error; empty without an active version.
        classes: F1 of both for each class; empty likewise.
    """

    candidate: str
    active: str | None
    images: int
    learned: int
    accuracy: float
    figures: tuple[Figure, ...] = ()
    classes: tuple[Figure, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self)


def judged_from(told: Mapping[str, Any]) -> Judged:
    """Return what was written as JSON."""
    figures, classes = (tuple(map(_figure_from, told[name])) for name in ("figures", "classes"))
    return Judged(**{**told, "figures": figures, "classes": classes})


def decide(judged: Judged, *, at_least: float) -> Decision:
    """Say whether the candidate is activated; `at_least` is the accuracy asked of one with other classes."""
    if judged.images < LEAST_IMAGES:
        learned = f" ({judged.learned} more were learned from)" if judged.learned else ""
        return Decision(
            False,
            f"refused: {judged.images} labelled images to judge {judged.candidate} by{learned};"
            f" give at least {LEAST_IMAGES} that nothing learned from",
        )
    return _by_itself(judged, at_least) if judged.active is None else _by_comparison(judged)


def _by_itself(judged: Judged, at_least: float) -> Decision:
    measured = f"accuracy is {judged.accuracy:.3f} on {judged.images} images"
    if judged.accuracy < at_least:
        return Decision(False, f"refused: {measured}, and {at_least:g} was asked for; what is active stays")
    return Decision(True, f"{measured}, with {at_least:g} asked for")


def _by_comparison(judged: Judged) -> Decision:
    worse = next(_worse(judged), None)
    if worse is not None:
        return Decision(False, f"refused: {worse}; {judged.active} stays active")
    chosen_by = [figure for figure in judged.figures if figure.name != CALIBRATION]
    better = [f"{figure.name} is better, {figure.numbers}" for figure in chosen_by if figure.surely[0] > 0]
    if better:
        return Decision(True, "; ".join(better))
    nearest = max(chosen_by, key=lambda one: one.within[1])
    return Decision(
        False,
        f"refused: nothing is better beyond chance; {nearest.name} is {nearest.numbers}; {judged.active} stays active",
    )


def _worse(judged: Judged) -> Iterator[str]:
    for figure in judged.figures:
        if figure.name == CALIBRATION:
            is_worse = figure.within[0] > 0 and figure.candidate > CALIBRATED
        else:
            is_worse = figure.within[1] < 0
        if is_worse:
            yield f"{figure.name} is worse, {figure.numbers}"
    for own in judged.classes:
        falls = own.active - own.candidate > MOST_CLASS_MAY_FALL and own.surely[1] < 0
        if own.images >= LEAST_OF_CLASS and falls:
            yield f"class {own.name} is recognised worse, F1 {own.numbers}"


def _figure_from(told: Mapping[str, Any]) -> Figure:
    return Figure(**{**told, "within": tuple(told["within"]), "surely": tuple(told["surely"])})
