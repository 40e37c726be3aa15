"""The deep stage is asked where it pays, and believed as far as it is right."""

import numpy as np
import pytest

from training.calibration import softmax
from training.deep.cascade import Cascade, fit_cascade, mixed_probabilities, unsure
from training.heads import UNLABELLED, Labels

MAILS = 4000
HEADS = {"topic": ("a", "b", "c"), "urgency": ("low", "normal", "high", "critical"), "language": ("en", "de")}
LANGUAGES = ["en", "de"] * (MAILS // 2)
GERMAN = np.array([language == "de" for language in LANGUAGES])


def labels(seed=0):
    """Return labels drawn evenly."""
    draw = np.random.default_rng(seed)
    columns = {head: draw.integers(0, len(HEADS[head]), MAILS).astype(np.int32) for head in ("topic", "urgency")}
    return Labels(HEADS, columns | {"language": GERMAN.astype(np.int32)})


def said(truth, classes, *, strength, seed):
    """Return noise that leans towards the truth, as logits."""
    noise = np.random.default_rng(seed).standard_normal((len(truth), classes))
    return (noise + strength * np.eye(classes)[truth]).astype(np.float32)


def stages(truth, *, deep_strength):
    """Return probabilities of a middling fast stage and logits of a deep one, of `deep_strength` per head."""
    fast = {head: softmax(said(truth[head], len(HEADS[head]), strength=1.2, seed=1)) for head in HEADS}
    deep = {
        head: said(truth[head], len(HEADS[head]), strength=strength, seed=2) for head, strength in deep_strength.items()
    }
    return fast, deep


def test_a_deep_stage_that_is_right_gets_a_share():
    """In both languages and heads; it is believed, and asked about what is unsure."""
    truth = labels()

    cascade = fit_cascade(*stages(truth, deep_strength={"topic": 4.0, "urgency": 4.0}), truth, LANGUAGES)

    assert cascade.pays()
    for head in ("topic", "urgency"):
        assert all(0.0 < cascade.shares[head][language] <= 0.7 for language in ("en", "de"))
        assert all(0.4 <= cascade.thresholds[head][language] <= 1.0 for language in ("en", "de"))


def test_a_deep_stage_that_is_noise_gets_none():
    """It is never asked."""
    truth = labels()
    fast, deep = stages(truth, deep_strength={"topic": 0.0, "urgency": 0.0})

    cascade = fit_cascade(fast, deep, truth, LANGUAGES)

    assert not cascade.pays()
    assert {share for of_head in cascade.shares.values() for share in of_head.values()} == {0.0}
    assert {bound for of_head in cascade.thresholds.values() for bound in of_head.values()} == {0.0}
    assert not unsure(fast, LANGUAGES, cascade).any()


def test_each_language_and_head_is_fitted_for_itself():
    """A deep stage that knows German topics alone counts there alone."""
    truth = labels()
    fast, deep = stages(truth, deep_strength={"topic": 4.0, "urgency": 0.0})
    _, noise = stages(truth, deep_strength={"topic": 0.0})
    deep["topic"] = np.where(GERMAN[:, None], deep["topic"], noise["topic"])

    cascade = fit_cascade(fast, deep, truth, LANGUAGES)

    assert cascade.shares["topic"]["de"] > 0.0 == cascade.shares["topic"]["en"]
    assert set(cascade.shares["urgency"].values()) == {0.0}
    assert not (unsure(fast, LANGUAGES, cascade) & ~GERMAN).any()


def test_a_good_deep_stage_makes_the_cascade_better():
    """Asked only where the fast stage is unsure, both together are right more often."""
    truth = labels()
    fast, deep = stages(truth, deep_strength={"topic": 4.0})
    cascade = fit_cascade(fast, deep, truth, LANGUAGES)
    asked = unsure(fast, LANGUAGES, cascade)

    mixed = mixed_probabilities(fast, deep, LANGUAGES, cascade)["topic"]

    together = np.where(asked[:, None], mixed, fast["topic"]).argmax(axis=1)
    assert np.mean(together == truth["topic"]) > np.mean(fast["topic"].argmax(axis=1) == truth["topic"]) + 0.1
    assert 0 < asked.sum() < MAILS


def test_a_head_that_nobody_labelled_in_a_language_is_left_to_the_fast_stage():
    """Without a label there is nothing to gain by."""
    truth = labels()
    truth["topic"][GERMAN] = UNLABELLED

    cascade = fit_cascade(*stages(labels(), deep_strength={"topic": 4.0}), truth, LANGUAGES)

    assert cascade.shares["topic"]["en"] > 0.0 == cascade.shares["topic"]["de"]


def test_only_what_lies_below_its_threshold_is_asked_about():
    """One unsure head is enough; a threshold itself is sure, and a third language has none."""
    cascade = Cascade(
        shares={"topic": {"en": 0.5}, "urgency": {"en": 0.5}},
        thresholds={"topic": {"en": 0.75, "de": 0.0}, "urgency": {"en": 0.5, "de": 0.0}},
        deep_temperatures={"topic": 1.0, "urgency": 1.0},
        temperatures={"topic": 1.0, "urgency": 1.0},
    )
    topic = np.array([[0.75, 0.25], [0.7, 0.3], [0.9, 0.1], [0.5, 0.5], [0.5, 0.5]], np.float32)
    urgency = np.array([[0.5, 0.5], [0.9, 0.1], [0.4, 0.3], [0.3, 0.3], [0.3, 0.3]], np.float32)

    asked = unsure({"topic": topic, "urgency": urgency}, ["en", "en", "en", "de", "other"], cascade)

    assert asked.tolist() == [False, True, True, False, False]


def test_both_beliefs_are_mixed_in_logarithms():
    """At a share of a half the mix is the geometric mean; where the share is 0 the fast belief stands as it was."""
    cascade = Cascade(
        shares={"topic": {"en": 0.5, "de": 0.0}},
        thresholds={"topic": {"en": 1.0, "de": 0.0}},
        deep_temperatures={"topic": 2.0},
        temperatures={"topic": 1.0},
    )
    fast = {"topic": np.array([[0.8, 0.2]] * 3, np.float32), "language": np.array([[0.6, 0.4]] * 3, np.float32)}
    deep = {"topic": np.log(np.array([[0.1, 0.9]] * 3, np.float32)) * 2.0}

    mixed = mixed_probabilities(fast, deep, ["en", "de", "other"], cascade)

    whole = (0.8 * 0.1) ** 0.5 + (0.2 * 0.9) ** 0.5
    assert mixed["topic"][0] == pytest.approx([(0.8 * 0.1) ** 0.5 / whole, (0.2 * 0.9) ** 0.5 / whole], abs=1e-5)
    assert mixed["topic"][1:] == pytest.approx(fast["topic"][1:])
    assert np.array_equal(mixed["language"], fast["language"])
