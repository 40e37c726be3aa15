"""Where a signature begins."""

import pytest

from triage.mail.signatures import is_closing, signature_start

TEXT = "Bitte senden Sie mir den Vertrag 77 zu."


def above(*lines: str) -> list[str]:
    """The lines that stay of a text with these lines under it."""
    text = [TEXT, *lines]
    return text[1 : signature_start(text)]


@pytest.mark.parametrize(
    "line",
    [
        "-- ",
        "--",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android<https://example.com>",
        "Gesendet mit der GMX Mail App",
        "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.",
        "Sent from my phone, please excuse typos",
        "Get Outlook for iOS<https://example.com>",
    ],
)
def test_marks_begin_a_signature(line):
    """Dashes and what devices append are not read, nor what follows."""
    assert above("", line, "Jo") == [""]


@pytest.mark.parametrize("rule", ["*****", "_______", "--------"])
def test_a_rule_at_the_end_is_not_read(rule):
    """A rule with nothing under it ends the text."""
    assert above("", rule, "", rule) == [""]


@pytest.mark.parametrize(
    "notice",
    [
        "Diese E-Mail enthält vertrauliche Informationen.",
        "Diese Nachricht ist ausschließlich für den Adressaten\nbestimmt.",
        "This email and any attachments are confidential.",
        "Confidentiality Notice: nothing here is for you.",
        "Bitte denken Sie an die Umwelt, bevor Sie drucken.",
        "Virus-free. www.example.com",
    ],
)
def test_notices_are_not_read(notice):
    """A legal notice in a paragraph of its own, and what follows it, is no text."""
    assert above("", *notice.split("\n"), "More of it.") == [""]


def test_contact_data_under_the_name_are_not_read():
    """The closing formula and the name stay, the address under them goes."""
    closing = ("", "Mit freundlichen Grüßen", "Nora Zell", "Leiterin Einkauf")

    assert above(*closing, "", "Am Markt 1", "12345 Musterstadt", "Tel. 030 000000") == [*closing]


@pytest.mark.parametrize(
    "lines",
    [
        ("Vielen Dank.", "", "Rufen Sie mich bitte unter 0171 000000 an, der Strom ist weg."),
        ("Danke", "Jo", "", "PS: Tel. 0171 000000"),
        ("-----", "Name: Jo", "Telefon: 0171 000000"),
        ("Geschickt mit der Post am Montag, aber nichts kam an.",),
        ("Sent from our warehouse on Monday, but nothing came.",),
        (
            "----",
            "The rule above is only a rule.",
        ),
        ("Der Inhalt dieser Nachricht",),
    ],
)
def test_text_is_no_signature(lines):
    """Sentences, afterthoughts and forms are read, even where they hold a number or stand under a rule."""
    assert above(*lines) == list(lines)


def test_a_mail_that_begins_like_a_signature_is_text():
    """The first line of a text never begins its signature."""
    assert signature_start(["-- ", "Jo"]) == 2
    assert signature_start(["Von meinem iPhone gesendet"]) == 1
    assert signature_start([]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "Mit freundlichen Grüßen",
        "Viele Grüße,",
        "VG",
        "Beste Grüße aus Köln",
        "LG",
        "Kind regards",
        "Thanks!",
        "Best, Jo",
    ],
)
def test_closing_formulas_are_known(line):
    """A closing formula is known with and without what is put around it."""
    assert is_closing(line)


@pytest.mark.parametrize(
    "line", ["Grüße an Herrn Klein, der die Heizung hat", "Thanks for nothing", "Danke, kein Bedarf", ""]
)
def test_sentences_are_no_closing_formulas(line):
    """A line that says more is text."""
    assert not is_closing(line)
