"""A bundle reads with both stages as training mixes them; only its tables are coarser, one byte for each number."""

import numpy as np
import pytest

from tests.training.make import HEADS, matrices
from training.deep.cascade import mixed_probabilities
from triage.labels import Language
from triage.mail import MailText

FRENCH = MailText("Commande", "Je ne sais pas où est ma commande, merci de me répondre.")


def test_both_stages_read_as_training_mixes_them(drawn):
    """Mails long and short, one of them empty, in both languages."""
    alone = drawn.fast.read(drawn.texts)
    languages = [str(reading.language) for reading in alone]
    expected = mixed_probabilities(matrices(alone, drawn.labels), drawn.deep, languages, drawn.cascade)

    read = matrices(drawn.both.read(drawn.texts), drawn.labels)

    assert set(languages) == {"en", "de"}
    for head in HEADS:
        assert read[head] == pytest.approx(expected[head], abs=1e-2), head


def test_the_deep_stage_changes_the_reading(drawn):
    """Or the claim above would say little."""
    alone, together = (matrices(model.read(drawn.texts), drawn.labels) for model in (drawn.fast, drawn.both))

    for head in HEADS:
        assert np.abs(alone[head] - together[head]).max() > 0.05, head


def test_every_mail_in_a_language_it_knows_is_asked_about(drawn):
    """The count goes up by all of them, and never where the fast stage reads alone."""
    before = drawn.both.escalated

    drawn.both.read(drawn.texts)
    drawn.fast.read(drawn.texts)

    assert drawn.both.escalated - before == len(drawn.texts)
    assert drawn.fast.escalated == 0


def test_mail_in_a_third_language_is_left_to_the_fast_stage(drawn):
    """Neither stage has learned French, so nobody asks, and beside mail that is asked about it stays as it was."""
    before = drawn.both.escalated
    (alone,) = drawn.fast.read([FRENCH])

    beside, *_ = drawn.both.read([FRENCH, *drawn.texts])

    assert alone.language is Language.OTHER
    assert drawn.both.escalated - before == len(drawn.texts)
    for head, belief in matrices([beside], drawn.labels).items():
        assert belief == pytest.approx(matrices([alone], drawn.labels)[head], abs=1e-5), head


def test_company_changes_no_deep_reading(drawn):
    """A mail that is read alone is read as among many."""
    together = drawn.both.read(drawn.texts)

    for text, reading in list(zip(drawn.texts, together, strict=True))[::5]:
        assert dict(drawn.both.read([text])[0].topic) == pytest.approx(dict(reading.topic), abs=1e-4)
