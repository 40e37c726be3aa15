"""Learning stops where a held tenth is read best."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import TINY, letter
from training.calibration import HIGHEST, LOWEST
from training.early_stopping import HELD_SHARE, learn, learn_by_best_schedule
from training.features import features_of, learn_vocabulary
from training.heads import labels_of
from training.splits import fold_by_group
from training.text import mail_text
from triage.errors import InvalidSubmission

EXAMPLES = [replace(letter(number), sentiment=None) for number in range(40)]
CONFIG = replace(TINY, epochs=2)
EVERYTHING = np.arange(40)


@pytest.fixture(scope="module")
def features():
    """The features of forty mails."""
    return features_of([mail_text(example) for example in EXAMPLES])


@pytest.fixture(scope="module")
def labels():
    """Their labels; nobody said how the writers feel."""
    return labels_of(EXAMPLES)


@pytest.fixture(scope="module")
def learned(features, labels):
    """What was learned without learning again from everything."""
    return learn(features, labels, EVERYTHING, EVERYTHING.tolist(), CONFIG, refit=False)


def test_a_tenth_is_held_and_not_learned_from(features, labels, learned):
    """The vocabulary is that of the other mails."""
    fold = fold_by_group(
        EVERYTHING.tolist(), labels["topic"].astype(str).tolist(), test_share=HELD_SHARE, seed=CONFIG.seed
    )

    assert learned.held == len(fold.test) == 4
    expected = learn_vocabulary(features, fold.train, CONFIG)
    assert np.array_equal(learned.weights.vocabulary.buckets, expected.buckets)


def test_the_best_epoch_is_one_that_was_run(learned):
    """And its score is a macro-F1."""
    assert 1 <= learned.epochs <= CONFIG.epochs
    assert 0.0 <= learned.score <= 1.0


def test_every_head_has_a_temperature(learned):
    """Within its bounds, and 1 for the head that nobody labelled."""
    assert set(learned.temperatures) == {"topic", "sentiment", "urgency", "action_required", "language"}
    assert learned.temperatures["sentiment"] == 1.0
    assert all(LOWEST <= temperature <= HIGHEST for temperature in learned.temperatures.values())


def test_figures_are_of_the_heads_with_labels(learned):
    """There is none of a head without."""
    assert "topic_macro_f1" in learned.figures
    assert not [name for name in learned.figures if name.startswith("sentiment")]


def test_a_refit_learns_from_everything_and_from_what_is_besides(features, labels):
    """Of thirty mails a tenth is held at first, and the ten besides are never held."""
    done = []

    learned = learn(
        features,
        labels,
        EVERYTHING[:30],
        EVERYTHING.tolist(),
        CONFIG,
        besides=EVERYTHING[30:],
        after_epoch=lambda: done.append(1),
    )

    assert learned.held == 2
    assert len(done) == CONFIG.epochs + learned.epochs
    assert np.array_equal(learned.weights.vocabulary.buckets, learn_vocabulary(features, EVERYTHING, CONFIG).buckets)


@pytest.mark.parametrize(
    ("mails", "groups"),
    [(EVERYTHING[:9], EVERYTHING.tolist()), (EVERYTHING, [0] * 40)],
    ids=["fewer than ten of a topic", "all alike"],
)
@pytest.mark.parametrize("learning", [learn, learn_by_best_schedule])
def test_mails_of_which_no_tenth_can_be_held_are_refused_in_one_sentence(features, labels, learning, mails, groups):
    """It says what to give instead."""
    with pytest.raises(InvalidSubmission, match=r"^no tenth can be held out of the examples; give .* topic .*copies$"):
        learning(features, labels, mails, groups, CONFIG)


def test_the_better_of_two_schedules_learns_from_everything(features, labels, learned):
    """It reads the held tenth no worse than the plain rate does."""
    best = learn_by_best_schedule(features, labels, EVERYTHING, EVERYTHING.tolist(), CONFIG)

    assert best.score >= learned.score
    assert best.held == learned.held
    assert np.array_equal(best.weights.vocabulary.buckets, learn_vocabulary(features, EVERYTHING, CONFIG).buckets)
