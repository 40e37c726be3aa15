"""A cheap answer stands where it is sure, and the dear model is asked about nothing else."""

import numpy as np

from triage.serving.cascade import Cascade


def test_only_what_is_unsure_is_asked_and_counted():
    """Answers of the dear model stand in the places of the unsure ones; the others are untouched."""
    cascade = Cascade(lambda answers: answers["class"].max(axis=1) < 0.8)
    answers = {"class": np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.5, 0.5]])}
    asked = []

    def ask(places):
        asked.append(places)
        return {"class": np.array([[0.0, 1.0]] * len(places))}

    cascade.complete(answers, ask)

    assert asked == [[1, 3]]
    assert answers["class"].tolist() == [[0.9, 0.1], [0.0, 1.0], [0.2, 0.8], [0.0, 1.0]]
    assert cascade.asked == 2


def test_nobody_is_asked_when_all_is_sure():
    """A batch without doubt costs nothing."""
    cascade = Cascade(lambda answers: np.zeros(1, bool))

    cascade.complete({"class": np.array([[1.0, 0.0]])}, lambda places: 1 / 0)

    assert cascade.asked == 0
