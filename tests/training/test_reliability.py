"""Whether confidence means what it says."""

import numpy as np
import pytest

from training.reliability import applied_from, reliability

# Confidences 0.9, 0.9, 0.6 and 0.55; the third is wrong.
PROBABILITIES = np.array([[0.9, 0.1], [0.1, 0.9], [0.6, 0.4], [0.45, 0.55]])
TRUTH = np.array([0, 1, 1, 1])


def test_bins_tell_confidence_and_accuracy():
    """Each bin that has mails, with how many; the least confident first."""
    low, middle, high = reliability(TRUTH, PROBABILITIES)

    assert (low.confidence, low.accuracy, low.mails) == (pytest.approx(0.55), 1.0, 1)
    assert (middle.confidence, middle.accuracy, middle.mails) == (pytest.approx(0.6), 0.0, 1)
    assert (high.confidence, high.accuracy, high.mails) == (pytest.approx(0.9), 1.0, 2)


def test_thresholds_tell_precision_and_coverage():
    """A mail at the threshold is applied; where none is, there is no precision."""
    all_, some, none = applied_from(TRUTH, PROBABILITIES, (0.5, 0.6, 0.95))

    assert (all_.precision, all_.coverage) == (0.75, 1.0)
    assert (some.precision, some.coverage) == (pytest.approx(2 / 3, abs=1e-4), 0.75)
    assert (none.precision, none.coverage) == (None, 0.0)
