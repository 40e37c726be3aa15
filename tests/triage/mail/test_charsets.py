"""Bytes to text."""

import pytest

from triage.mail.charsets import decoded

UMLAUTS = "Die Tür für größere Öfen"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "cp850", "utf-16", "UTF-7", '"utf-8"'])
def test_the_declared_charset_is_used(charset):
    """Text in a charset that is declared comes out as it went in."""
    assert decoded(UMLAUTS.encode(charset.strip('"')), charset) == UMLAUTS


@pytest.mark.parametrize("charset", ["", "us-ascii", "utf-8", "x-unknown", "no such thing", "hex", "rot13", "punycode"])
@pytest.mark.parametrize("used", ["utf-8", "cp1252"])
def test_bytes_decide_where_the_charset_does_not(charset, used):
    """German text is read right although the mail is silent, or wrong, about its charset."""
    assert decoded(UMLAUTS.encode(used), charset) == UMLAUTS


def test_utf8_wins_over_a_western_claim():
    """Bytes that are valid UTF-8 are UTF-8, whatever Western charset is declared by default."""
    assert decoded("Größe €".encode(), "iso-8859-1") == "Größe €"


def test_latin1_means_what_windows_made_of_it():
    """The typographic quotes of Windows are no control characters."""
    assert decoded(b"\x84Ja\x93 \x96 5 \x80", "iso-8859-1") == "„Ja“ – 5 €"


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("Добрый день, когда будет доставлен мой заказ? Я жду уже две недели.", "koi8-r"),
        ("Добрый день, когда будет доставлен мой заказ? Я жду уже две недели.", "cp1251"),
        ("Καλημέρα σας, η παραγγελία μου δεν έχει φτάσει ακόμα.", "cp1253"),
        ("お世話になっております。注文した商品がまだ届いていません。", "cp932"),
    ],
)
def test_other_scripts_are_guessed(text, used):
    """Text in another script and an undeclared charset is told from its bytes."""
    assert decoded(text.encode(used)) == text


def test_a_cut_letter_costs_one_letter():
    """UTF-8 that was cut in the middle of a letter stays UTF-8."""
    assert decoded("Grüße aus Köln, Gruß ü".encode()[:-1], "utf-8") == "Grüße aus Köln, Gruß \ufffd"
