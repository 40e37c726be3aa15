"""The newest writer's own words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail import own_text
from triage.mail.hints import LONGEST_HINT_WORDS

HEADER = "Von: Info <info@example.com>\nGesendet: Montag, 2. März 2026 10:00\nAn: Jan\nBetreff: Server\n\n"
REPLY_LINE = "Am 02.03.2026 um 10:00 schrieb Info <info@example.com>:\n"


@pytest.mark.parametrize(
    "history",
    [
        f"{REPLY_LINE}> alter Text\n> mehr",
        f"{REPLY_LINE}\nalter Text\nmehr",
        f"{HEADER}alter Text",
        f"________________________________\n{HEADER}alter Text",
        f"-----Ursprüngliche Nachricht-----\n{HEADER}alter Text",
        "-----Original Message-----\nalter Text",
        "> alter Text",
    ],
)
def test_history_below_is_not_read(history):
    """Whatever a mailer puts under an answer is history."""
    own, rest = own_text(f"Der Server steht.\n\n{history}")

    assert own == "Der Server steht."
    assert rest == history


def test_answers_between_the_lines_are_read():
    """What stands between and below quoted lines was written by the newest writer."""
    own, rest = own_text(f"{REPLY_LINE}> Passt Dienstag?\n\nJa.\n\n> Ab neun?\n\nAb zehn.")

    assert own == "Ja.\n\nAb zehn."
    assert "> Passt Dienstag?" in rest


def test_quoted_lines_that_were_broken_are_history():
    """The end of a quoted line that lost its sign is not the writer's, in the middle of a quote and at its end."""
    broken = "> Der Techniker war am Montag im Haus und hat gesagt, dass die Heizung noch\nin dieser Woche"

    assert own_text(f"{broken}\n> läuft.\n\nSie läuft nicht.")[0] == "Sie läuft nicht."
    assert own_text(f"Sie läuft wieder.\n\n{broken}\nlaufen wird, bitte sofort!")[0] == "Sie läuft wieder."


def test_an_answer_right_under_a_quoted_sentence_is_read():
    """Who leaves no blank line under the question still has answered it."""
    question = "> Passt es Ihnen am Dienstag um zehn Uhr, dass wir den Zähler tauschen?"

    assert own_text(f"{question}\nJa, sehr gut.")[0] == "Ja, sehr gut."


@pytest.mark.parametrize(
    "hint", ["", "FYI", "zur Info", "z. K.", "Hallo Team,\n\nbitte übernehmen!\n\nViele Grüße\nChef"]
)
@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------\n" + HEADER,
        "Anfang der weitergeleiteten Nachricht:\n\n" + HEADER,
        HEADER,
    ],
)
def test_a_mail_handed_on_with_a_hint_is_read(hint, mark):
    """Who hands a mail on and adds next to nothing wants the mail to be read, and the hint with it."""
    own, rest = own_text(f"{hint}\n\n{mark}Die Heizung ist kalt.\n\n-- \nKlein", subject="WG: Heizung")

    assert own == f"{hint}\n\nDie Heizung ist kalt.".strip()
    assert "Gesendet: Montag" in rest
    assert rest.endswith("Klein")


def test_a_mail_handed_on_with_words_is_its_writers():
    """Who hands a mail on and says what it is about is the one to be read."""
    words = "Der Mieter hat recht, " + "bitte prüfen Sie die Anlage heute noch " * 2

    own, _ = own_text(f"{words}\n\n---------- Forwarded message ---------\n{HEADER}Kalt.", subject="Fwd: Heizung")

    assert len(words.split()) > LONGEST_HINT_WORDS
    assert own == words.strip()


def test_a_short_answer_is_no_hint():
    """A few words above history are an answer where nothing says that the mail is handed on."""
    assert own_text(f"Passt.\n\n{HEADER}Dienstag?", subject="AW: Termin")[0] == "Passt."


@pytest.mark.parametrize("text", ["👍", "?", "ok"])
def test_the_shortest_answers_are_answers(text):
    """A sign can be all that a person says."""
    assert own_text(f"{text}\n\n{REPLY_LINE}> Einverstanden?")[0] == text


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> Nur ein Zitat.", "Nur ein Zitat."),
        (f"{HEADER}Nur der alte Text.", "Nur der alte Text."),
        (f"{REPLY_LINE}Nur der alte Text.", "Nur der alte Text."),
        ("-- \nNur eine Signatur", "--\nNur eine Signatur"),
        (REPLY_LINE.strip(), REPLY_LINE.strip()),
        ("> " * 30 + "tief", "tief"),
    ],
)
def test_a_mail_with_text_is_never_empty(text, own):
    """Where the newest writer wrote nothing, what there is counts."""
    found = own_text(text)[0]

    assert found.lstrip("> ") == own


LINES = st.sampled_from(
    [
        *f"{REPLY_LINE}{HEADER}-----Original Message-----\nBegin forwarded message:\n-- \n_____".split("\n"),
        "",
        "> ",
        "Danke",
        "1",
    ]
) | st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30)


@given(st.lists(LINES, max_size=30).map("\n".join), st.sampled_from(["", "AW: x", "WG: x"]))
def test_no_word_is_lost(text, subject):
    """Every word of a mail is either read or kept as history, once; and a mail with words is never empty."""
    own, rest = own_text(text, subject=subject)

    assert sorted(words(own) + words(rest)) == sorted(words(text))
    assert words(own) or not words(text)


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"\w+", text)
