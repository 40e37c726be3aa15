"""Header values."""

import pytest

from triage.mail.encoded_words import header_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Plain", "Plain"),
        ("folded\n\tvalue", "folded value"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
        ("=?iso-8859-1?q?=FC?= =?utf-8?q?=C3=BC?=", "üü"),
        ("=?utf-8?b?R3LDvMOf?==?utf-8?b?ZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZ?=", "Grüß"),
        ("=?utf-8?q?no end", "=?utf-8?q?no end"),
        ("=?utf-8?q?no end =?utf-8?q?a?=", "=?utf-8?q?no end a"),
        ("=?utf-8?q?a=?b?=", "a=?b"),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
        ("=?punycode?q?a-b?=", "a-b"),
    ],
)
def test_encoded_words_are_decoded(value, text):
    """Words are decoded where they are words, joined where they follow each other, and left alone otherwise."""
    assert header_text(value) == text


def test_a_letter_cut_by_the_mailer_is_whole_again():
    """Words of one charset are joined before they are decoded."""
    assert header_text("=?utf-8?q?=C3?=\n =?utf-8?q?=A4?=") == "ä"
