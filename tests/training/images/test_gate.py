"""A candidate and the active version on the same labelled images that neither learned from."""

import numpy as np
import pytest

from tests.image_bundles import tiny_network, tiny_release
from tests.training.images.conftest import draw_images
from training.images.export import write_image_bundle
from training.images.folder import folder_images
from training.images.gate import Answers, compared, judge
from training.images.lineage import LEARNED, lineage_of

CLASSES = ("dark", "light")


def answers(truth, told):
    shares = np.full((len(truth), 2), 0.05)
    shares[np.arange(len(truth)), told] = 0.95
    return Answers(np.array(truth), shares, CLASSES)


def write(folder, classes=CLASSES, seed=0, **figures):
    write_image_bundle(tiny_network(len(classes), seed=seed), folder, tiny_release(classes, figures=figures))
    return folder


def test_the_figures_of_both_are_those_of_hand():
    """Accuracy, macro-F1 and F1 by class of the images themselves, and intervals that hold the difference."""
    truth = [0] * 50 + [1] * 50
    active, candidate = answers(truth, [0] * 100), answers(truth, truth)

    (accuracy, macro_f1, calibration), classes = compared(candidate, active, seed=0)

    assert (accuracy.active, accuracy.candidate, accuracy.images) == (0.5, 1.0, 100)
    assert macro_f1.active == pytest.approx((2 / 3 + 0) / 2, abs=1e-4)
    assert (calibration.active, calibration.candidate) == (pytest.approx(0.45), pytest.approx(0.05))
    assert [(one.name, one.images, one.candidate) for one in classes] == [("dark", 50, 1.0), ("light", 50, 1.0)]
    assert 0 < accuracy.surely[0] < accuracy.within[0] < 0.5 < accuracy.within[1] < accuracy.surely[1]


def test_equal_answers_differ_by_nothing():
    """Draws are paired: the same images are drawn for both."""
    truth = [0, 1] * 30
    one = answers(truth, [0, 1, 1] * 20)

    figures, classes = compared(one, one, seed=0)

    assert {(figure.within, figure.surely) for figure in (*figures, *classes)} == {((0.0, 0.0), (0.0, 0.0))}


@pytest.mark.slow
def test_what_one_of_them_learned_from_does_not_count(tmp_path):
    """Of either; copies of an image count once, and the order of the classes does not matter."""
    folder = draw_images(tmp_path / "drawn", 10)
    digests = folder_images(folder, 16, "pad").digests
    (folder / "dark" / "copy.png").write_bytes((folder / "dark" / "9.png").read_bytes())
    candidate = write(tmp_path / "candidate", **{LEARNED: lineage_of(digests[:3])})
    active = write(tmp_path / "active", CLASSES[::-1], seed=1, **{LEARNED: lineage_of(digests[3:5])})

    judged = judge(candidate, active, str(folder))

    assert (judged.images, judged.learned, {one.images for one in judged.figures}) == (15, 5, {15})
    assert judged.accuracy == judged.figures[0].candidate
    assert judged.active is not None


@pytest.mark.slow
def test_a_candidate_of_other_classes_is_judged_alone(tmp_path):
    """There is nothing to compare; a class that it does not know can only be recognised wrongly."""
    folder = draw_images(tmp_path / "drawn", 10)
    candidate, active = write(tmp_path / "candidate", ("dark", "dim")), write(tmp_path / "active")

    judged = judge(candidate, active, str(folder))

    assert (judged.active, judged.figures, judged.images) == (None, (), 20)
    assert judged.accuracy <= 0.5
