"""Languages are told by their commonest words and their letters, whatever the text is about."""

import pytest
import tensorflow as tf

from training.languages import LANGUAGES, language_odds
from training.ngrams import ngrams
from triage.labels import Language

UNDECIDED = [0.0, 0.0]


def told(text, learned=UNDECIDED):
    """Return the language of a text, with what the learned head believes of English and German."""
    found = ngrams(tf.constant([""]), tf.constant([text]))
    odds = language_odds(tf.constant([learned]), found, tf.constant(1))
    return LANGUAGES[int(tf.argmax(odds[0]))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.ENGLISH, "I would like to know when you are open"),
        (Language.GERMAN, "nich mehr da, kannst du mal was dazu sagen"),
        (Language.GERMAN, "Sehr geehrte Damen und Herren"),
        (Language.OTHER, "je ne sais pas quand vous êtes ouverts"),
        (Language.OTHER, "no sé cuándo están abiertos, muchas gracias"),
        (Language.OTHER, "não sei quando estão abertos, muito obrigado"),
        (Language.OTHER, "non so quando siete aperti, grazie"),
        (Language.OTHER, "ik weet niet wanneer jullie open zijn"),
        (Language.OTHER, "Добрый день, когда вы открыты?"),
        (Language.OTHER, "متى تفتحون أبوابكم؟"),
    ],
)
def test_common_words_and_letters_tell_the_language(language, text):
    """Even where the learned head knows nothing."""
    assert told(text) is language


def test_a_learned_belief_decides_where_no_common_word_does():
    """A compound that no list holds is German when the learned head says so."""
    assert told("Wasserrohrbruch Kellerabteil", learned=[-3.0, 3.0]) is Language.GERMAN
    assert told("broken waterpipe basement", learned=[3.0, -3.0]) is Language.ENGLISH


@pytest.mark.parametrize("text", ["", "4711 --- 0815", "\n\n"])
def test_a_text_without_evidence_is_english(text):
    """One answer is as good as another, so it is always the same."""
    assert told(text) is Language.ENGLISH
