"""Mail that is handed on."""

import pytest

from triage.mail.hints import LONGEST_HINT_WORDS, is_forward, is_hint


@pytest.mark.parametrize(
    "subject", ["WG: Heizung", "Fwd: Heating", "FW: Heating", "[extern] WG: Heizung", " wg : Heizung"]
)
def test_a_forward_says_so_in_its_subject(subject):
    """The prefixes of mailers for a mail that is handed on are known."""
    assert is_forward(subject)


@pytest.mark.parametrize("subject", ["", "AW: WG: Heizung", "Re: Fwd: Heating", "WG-Zimmer: frei?", "Forward planning"])
def test_an_answer_to_a_forward_is_an_answer(subject):
    """Only the first prefix counts, and a word is no prefix."""
    assert not is_forward(subject)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FYI",
        "zur Info",
        "Hallo Herr Klein,\n\nbitte prüfen.\n\nViele Grüße\nJo Doe\nAbteilung Einkauf und Lager Nord",
    ],
)
def test_few_words_are_a_hint(text):
    """Greeting, closing formula and name do not count as words."""
    assert is_hint(text)


def test_more_words_say_something():
    """One word more than a hint has is a text."""
    assert is_hint("word " * LONGEST_HINT_WORDS)
    assert not is_hint("word " * (LONGEST_HINT_WORDS + 1))
