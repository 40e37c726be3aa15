"""Temperatures make confidence honest and change no answer."""

import numpy as np
import pytest

from training.calibration import fit_temperature, softmax
from training.heads import UNLABELLED


def test_an_overconfident_model_is_cooled():
    """Logits of 4 that are right three times in four want a temperature of 4 / ln 3."""
    logits = np.array([[4.0, 0.0]] * 8)
    truth = np.array([0, 0, 0, 1] * 2)

    assert fit_temperature(logits, truth) == pytest.approx(4 / np.log(3), rel=0.02)


def test_unlabelled_mail_does_not_move_the_temperature():
    """Rows without a label are left out of the fit."""
    logits, truth = np.array([[4.0, 0.0]] * 4), np.array([0, 0, 0, 1])
    more = np.vstack([logits, [[-90.0, 90.0]]])

    assert fit_temperature(more, np.append(truth, UNLABELLED)) == fit_temperature(logits, truth)


def test_without_labels_the_temperature_is_one():
    """A head that nobody labelled keeps its logits."""
    assert fit_temperature(np.zeros((2, 3)), np.array([UNLABELLED, UNLABELLED])) == 1.0


def test_softmax_survives_huge_logits():
    """Probabilities are finite and sum to one."""
    assert softmax(np.array([[1e4, -1e4, 0.0]])).sum() == pytest.approx(1.0)
