"""Figures of merit against values worked out by hand."""

import numpy as np
import pytest

from training.metrics import expected_calibration_error, false_share, macro_f1, quadratic_kappa, recall

TRUTH = np.array([0, 0, 1, 1, 2])
PREDICTED = np.array([0, 1, 1, 1, 0])


def test_macro_f1_is_the_mean_over_classes():
    """F1 of 1/2, 4/5 and 0 make 13/30."""
    assert macro_f1(TRUTH, PREDICTED, 3) == pytest.approx(13 / 30)


def test_a_class_nobody_has_or_names_does_not_count():
    """A fourth class that never occurs leaves macro-F1 as it is."""
    assert macro_f1(TRUTH, PREDICTED, 4) == macro_f1(TRUTH, PREDICTED, 3)


def test_quadratic_kappa_punishes_by_squared_distance():
    """Observed cost 5 against 21/5 by chance is worse than chance: 1 - 25/21."""
    assert quadratic_kappa(TRUTH, PREDICTED, 3) == pytest.approx(-4 / 21)


def test_perfect_agreement_has_kappa_one():
    """Predicting the truth gives exactly 1."""
    assert quadratic_kappa(TRUTH, TRUTH, 3) == 1.0


def test_recall_and_false_share_count_one_class():
    """Of class 1 both were found, and one mail in five was wrongly put there."""
    assert recall(TRUTH, PREDICTED, 1) == 1.0
    assert false_share(TRUTH, PREDICTED, 1) == pytest.approx(1 / 5)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    """Four mails at 80 % of which two are right are 0.3 too sure."""
    probabilities = np.array([[0.8, 0.2]] * 4)

    assert expected_calibration_error(np.array([0, 0, 1, 1]), probabilities) == pytest.approx(0.3)
