"""Letters that stand in for Latin ones."""

import pytest

from triage.mail.alphabets import in_latin


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Рlеаsе рау thе іnvоісе.", "Please pay the invoice."),  # Cyrillic
        ("Υour paymeητ οf Τuesday", "Your paymeητ of Tuesday"),  # η and τ look like no Latin letter
        ("Grüße aus Köln", "Grüße aus Köln"),
        ("Оплата счёта за март", "Оплата счёта за март"),
        ("Hello from Москва, see you soon", "Hello from Москва, see you soon"),
        ("Το τιμολόγιο για Acme", "Το τιμολόγιο για Acme"),
    ],
)
def test_look_alikes_in_latin_text_are_read_as_latin(text, read):
    """A-40: words that look Latin are; words of another alphabet, and texts in it, stay."""
    assert in_latin(text) == read
