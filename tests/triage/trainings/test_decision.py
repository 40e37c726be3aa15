"""The gate decides by figures alone."""

import json
from dataclasses import replace

import pytest

from tests.triage.trainings.make import comparison, figure, of_topic
from triage.trainings.decision import comparison_from, decide

BETTER = figure("urgency_kappa", 0.6, 0.7, within=(0.05, 0.15), surely=(0.02, 0.18))


def test_better_and_nowhere_worse_is_activated():
    """A figure that is better beyond chance opens the gate, and is named."""
    decision = decide(comparison(figure(), BETTER))

    assert decision.activates
    assert decision.reason.startswith("activated: urgency quadratic kappa is better, 0.600 of the active model, 0.700")


@pytest.mark.parametrize(
    ("worse", "named"),
    [
        (figure("topic_macro_f1", 0.8, 0.7, within=(-0.15, -0.05)), "topic macro-F1 is worse, 0.800 of the active"),
        (
            figure("urgency_critical_recall", 0.9, 0.5, within=(-0.6, -0.2), mails=6),
            "urgency recall of critical mail is worse",
        ),
        (figure("topic_ece", 0.02, 0.12, within=(0.05, 0.15)), "topic calibration error is worse"),
        (
            figure("action_required_macro_f1", 0.8, 0.7, within=(-0.15, -0.05)),
            "action required macro-F1 is worse",
        ),
    ],
    ids=["f1", "critical", "calibration", "action"],
)
def test_worse_anywhere_is_refused_with_the_figure(worse, named):
    """However much better it is elsewhere (A-23)."""
    decision = decide(comparison(BETTER, worse))

    assert not decision.activates
    assert decision.reason.startswith(f"refused: {named}")


def test_a_topic_that_is_read_worse_closes_the_gate():
    """A mean over topics may hide one that falls by more than 0.15."""
    fallen = of_topic("billing", 0.9, 0.6, surely=(-0.5, -0.1))

    decision = decide(comparison(BETTER, topics=[of_topic(), fallen]))

    assert decision.reason.startswith("refused: topic billing is read worse, F1 0.900")


def test_a_new_topic_that_is_read_well_opens_the_gate():
    """It counts though no mean is better beyond chance; read badly it does not."""
    read = decide(comparison(figure(), topics=[of_topic("parking", 0.0, 0.8, is_new=True)]))
    unread = decide(comparison(figure(), topics=[of_topic("parking", 0.0, 0.3, is_new=True)]))

    assert read.activates
    assert "new topic parking is read, F1 0.80 of 20 held out" in read.reason
    assert not unread.activates


@pytest.mark.parametrize(
    "alike",
    [
        figure(),
        figure("topic_macro_f1", 0.80, 0.85, within=(0.001, 0.1), surely=(-0.01, 0.11)),
        figure("topic_ece", 0.2, 0.03, within=(-0.2, -0.1), surely=(-0.2, -0.1)),
    ],
    ids=["equal", "lucky", "calibrated"],
)
def test_what_may_be_chance_or_calibration_alone_is_refused(alike):
    """Better must be certain, since there are several figures to be lucky in; noise in labels flatters calibration."""
    decision = decide(comparison(figure(), alike))

    assert not decision.activates
    assert "nothing is better beyond chance" in decision.reason


def test_a_calibration_error_that_is_small_is_not_held_against_it():
    """Up to 0.05 it may grow."""
    assert decide(comparison(BETTER, figure("topic_ece", 0.01, 0.04, within=(0.02, 0.04)))).activates


def test_too_few_labels_held_out_are_said_so():
    """Their figures say nothing, however good they look."""
    decision = decide(comparison(figure("topic_macro_f1", 0.1, 0.9, within=(0.5, 0.9), surely=(0.5, 0.9), mails=19)))

    assert not decision.activates
    assert decision.reason.startswith("19 of 20 labels held out")


def test_a_comparison_survives_json():
    """As a child writes it and a row keeps it."""
    told = comparison(BETTER, topics=[of_topic()])

    assert comparison_from(json.loads(json.dumps(told.as_json()))) == told


def test_candidate_that_memory_outdoes_is_refused():
    """It is better than the active model alone, and not as good as what reads the mailbox: model and memory."""
    alone = comparison(figure("topic_macro_f1", 0.6, 0.7, within=(0.05, 0.15), surely=(0.02, 0.18)))
    beaten = figure("topic_macro_f1", 0.85, 0.75, within=(-0.15, 0.01), surely=(-0.2, 0.05))
    level = figure("topic_macro_f1", 0.85, 0.85, within=(-0.05, 0.05), surely=(-0.1, 0.1))

    refused = decide(replace(alone, aided=(beaten,)))
    activated = decide(replace(alone, aided=(level,)))

    assert not refused.activates
    assert "memory makes up for it" in refused.reason
    assert "0.850 of the active model, 0.750 of the candidate" in refused.reason
    assert activated.activates


def test_candidate_that_is_worse_with_memory_is_refused():
    """Nothing is worse alone, and something is beyond chance where memory stands beside both."""
    worse = figure("urgency_kappa", 0.8, 0.6, within=(-0.3, -0.1), surely=(-0.35, -0.05))

    decision = decide(replace(comparison(BETTER), aided=(worse,)))

    assert not decision.activates
    assert "with memory beside it urgency quadratic kappa is worse" in decision.reason
