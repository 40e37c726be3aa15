"""The gate of image versions: the figure that decides, and the sentence that names it."""

import json
from dataclasses import replace

import pytest

from triage.images.decision import ACCURACY, CALIBRATION, MACRO_F1, Figure, Judged, decide, judged_from


def figure(name=ACCURACY, active=0.8, candidate=0.8, within=(-0.02, 0.02), surely=(-0.03, 0.03), images=200):
    return Figure(name, images, active, candidate, within, surely)


BETTER = figure(candidate=0.9, within=(0.05, 0.15), surely=(0.03, 0.17))
EQUAL = figure(MACRO_F1)
CALM = figure(CALIBRATION, 0.03, 0.03)


def judged(*figures, classes=()):
    return Judged("new", "old", 200, 0, 0.9, tuple(figures), tuple(classes))


def test_better_beyond_chance_and_nowhere_worse_is_activated():
    """The sentence names the figure, both values, the interval and the number of images."""
    decision = decide(judged(BETTER, EQUAL, CALM), at_least=0.8)

    assert decision.activates
    assert decision.reason == (
        "accuracy is better, 0.800 of the active version, 0.900 of the candidate"
        " (difference +0.050 to +0.150, 200 images)"
    )


@pytest.mark.parametrize(
    ("figures", "classes", "words"),
    [
        (
            (replace(BETTER, surely=(-0.01, 0.17)), EQUAL, CALM),
            (),
            "nothing is better beyond chance; accuracy is 0.800",
        ),
        ((BETTER, figure(MACRO_F1, 0.8, 0.7, (-0.2, -0.01)), CALM), (), "macro-F1 is worse, 0.800"),
        ((BETTER, EQUAL, figure(CALIBRATION, 0.03, 0.12, (0.05, 0.12))), (), "calibration error is worse, 0.030"),
        (
            (BETTER, EQUAL, CALM),
            (figure("logo", 0.9, 0.6, (-0.4, -0.2), (-0.45, -0.1), images=8),),
            "class logo is recognised worse, F1 0.900",
        ),
    ],
)
def test_what_is_worse_or_no_better_is_refused_with_the_figure(figures, classes, words):
    """One figure is enough, and what is active stays."""
    decision = decide(judged(*figures, classes=classes), at_least=0.8)

    assert not decision.activates
    assert decision.reason.startswith(f"refused: {words}")
    assert decision.reason.endswith("; old stays active")


@pytest.mark.parametrize(
    "harmless",
    [
        figure("logo", 0.9, 0.6, (-0.4, -0.2), (-0.45, -0.1), images=7),  # too few of the class
        figure("logo", 0.9, 0.6, (-0.4, 0.1), (-0.45, 0.2)),  # within chance
        figure("logo", 0.9, 0.8, (-0.2, -0.05), (-0.2, -0.01)),  # by no more than a class may fall
    ],
)
def test_a_class_may_fall_a_little_or_by_chance(harmless):
    """Its floor is for what is sure and counts."""
    assert decide(judged(BETTER, EQUAL, CALM, classes=[harmless]), at_least=0.8).activates


def test_a_small_calibration_error_is_never_held_against_a_candidate():
    """Though it be larger beyond chance."""
    small = figure(CALIBRATION, 0.01, 0.05, (0.02, 0.05))

    assert decide(judged(BETTER, EQUAL, small), at_least=0.8).activates


@pytest.mark.parametrize(("accuracy", "activates"), [(0.8, True), (0.799, False)])
def test_with_other_classes_an_accuracy_is_asked_for(accuracy, activates):
    """There is nothing to compare, so the sentence says what was measured and what was asked for."""
    decision = decide(Judged("new", None, 200, 0, accuracy), at_least=0.8)

    assert decision.activates is activates
    assert f"accuracy is {accuracy:.3f} on 200 images" in decision.reason
    assert "0.8" in decision.reason


def test_too_few_images_decide_nothing():
    """However good the figures are; images that were learned from are counted apart."""
    decision = decide(Judged("new", None, 19, 181, 1.0), at_least=0.8)

    assert decision.reason == (
        "refused: 19 labelled images to judge new by (181 more were learned from);"
        " give at least 20 that nothing learned from"
    )


def test_what_was_judged_comes_back_from_json():
    """It is written by another process."""
    told = judged(BETTER, EQUAL, CALM, classes=[figure("logo")])

    assert judged_from(json.loads(json.dumps(told.as_json()))) == told
