"""Letters that nobody reads push nothing out of sight (A-40)."""

from base64 import b64encode

import pytest

from triage.mail.padding import without_padding

WORDS = "The lift is stuck, two people are inside."


@pytest.mark.parametrize(
    "padding",
    [
        b64encode(bytes(range(256)) * 12).decode(),
        "\n".join(b64encode(bytes(range(57))).decode() for _ in range(60)),
        bytes(range(256)).hex(),
        "\n" * 5000,
        ". " * 3000,
    ],
)
def test_padding_is_left_out(padding):
    """A-40: base64 in one line and in many, hexadecimal, and pages of nothing."""
    assert without_padding(f"{padding}\n{WORDS}").strip() == WORDS


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "See https://example.org/track/" + "aB3" * 40,
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "Total\n" + "-" * 60 + "\n12 €",
    ],
)
def test_what_people_write_stays(text):
    """Addresses of pages, long words and drawn lines are no padding."""
    assert without_padding(text) == text
