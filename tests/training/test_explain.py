"""What each word did to a reading: every word once, in reading order, and exactly for the linear member."""

import numpy as np
import pytest

from tests.training.make import HEADS
from training.languages import DOUBT
from triage.labels import Urgency
from triage.mail import MailText

TEXTS = [
    MailText("SMOKE, hall 3!", "Please come.\nThe anchor, the lantern & the kettle. NOW"),
    MailText("", ""),
    MailText("Rechnung", "Der Betrag ist falsch: bitte prüfen"),
    MailText("", "lantern"),
]
PLAIN = [
    MailText("Hall", "I would like to know if there is smoke in the hall, and when you will be here with us."),
    MailText("Halle", "Ich möchte gern wissen, ob es in der Halle noch nach Rauch riecht und wann ihr bei uns seid."),
]
WORDS = [
    ["smoke", "hall", "0", "!", "please", "come", "the", "anchor", "the", "lantern", "the", "kettle", "now"],
    [],
    ["rechnung", "der", "betrag", "ist", "falsch", "bitte", "prüfen"],
    ["lantern"],
]


def score(head, belief):
    """Return how far the likeliest label stands above the others, or the upper steps of urgency above the lower."""
    logits = {name: np.log(share) for name, share in belief.items()}
    chosen = {Urgency.HIGH, Urgency.CRITICAL} if head == "urgency" else {max(belief, key=belief.__getitem__)}
    others = [logit for name, logit in logits.items() if name not in chosen]
    return np.mean([logits[name] for name in chosen]) - np.mean(others)


def beliefs(reading):
    """Return what a reading believes, by head."""
    action = {"no": 1 - reading.action_required, "yes": reading.action_required}
    return {"topic": reading.topic, "sentiment": reading.sentiment, "urgency": reading.urgency} | {
        "action_required": action
    }


def test_words_come_in_reading_order_the_subject_first(drawn):
    """As the model reads them: folded, numbers masked, a symbol a word of its own."""
    assert [list(explanation.words) for explanation in drawn.fast.explain(TEXTS)] == WORDS


def test_every_word_has_one_effect_on_every_head(drawn):
    """On language there is none, for it is told by lists."""
    for explanation in drawn.fast.explain(TEXTS):
        assert set(explanation.effects) == set(HEADS)
        assert {len(effects) for effects in explanation.effects.values()} == {len(explanation.words)}
        assert all(np.isfinite(effects).all() for effects in explanation.effects.values())


def test_the_effects_of_the_linear_member_add_up_to_its_score(drawn):
    """Where attention and biases say nothing, the words of a mail in plain English or German explain all of it."""
    for reading, explanation in zip(drawn.fast.read(PLAIN), drawn.fast.explain(PLAIN), strict=True):
        for head, belief in beliefs(reading).items():
            assert sum(explanation.effects[head]) == pytest.approx(score(head, belief), abs=5e-3), head


def test_what_is_explained_is_the_score_before_doubt(drawn):
    """Mail that may be in a third language is believed less, by one factor on every head, and explained in full."""
    for reading, explanation in zip(drawn.fast.read(TEXTS), drawn.fast.explain(TEXTS), strict=True):
        told = {head: score(head, belief) for head, belief in beliefs(reading).items()}
        summed = {head: sum(explanation.effects[head]) for head in HEADS}
        surest = max(told, key=lambda head: abs(told[head]))
        doubt = summed[surest] / told[surest] if explanation.words else 1.0
        assert 0.99 < doubt < DOUBT + 0.01
        assert summed == pytest.approx({head: doubt * value for head, value in told.items()}, abs=5e-3)


def test_company_changes_no_explanation(drawn):
    """Read alone, or among more than one call holds, a mail has the same words and effects."""
    many = drawn.fast.explain([*TEXTS, *[TEXTS[0]] * 130])

    for place in (0, 2, 127, 128, 133):
        (alone,) = drawn.fast.explain([TEXTS[place] if place < len(TEXTS) else TEXTS[0]])
        assert many[place].words == alone.words
        for head in HEADS:
            assert many[place].effects[head] == pytest.approx(alone.effects[head], abs=1e-4), head


def test_nothing_to_explain_gives_no_explanation(drawn):
    """An empty list is an empty answer."""
    assert drawn.fast.explain([]) == []
