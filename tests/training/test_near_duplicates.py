"""Texts that a reader would call the same stand together; others do not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.near_duplicates import ALIKE, near_duplicate_groups

WORDS = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
FORM = "Dear customer, your invoice {n} of {n} euro is due on day {n}; please pay it before the end of this month."


def text(first, last):
    """Return a text of numbered words."""
    return " ".join(WORDS[first:last])


def test_a_form_letter_is_one_group_whatever_was_filled_in():
    """Numbers, case and punctuation tell no two texts apart."""
    filled = [FORM.format(n=1), FORM.format(n=20_000), FORM.format(n=3).upper(), FORM.format(n=4).replace(",", " -")]

    assert near_duplicate_groups(filled) == [0, 0, 0, 0]


def test_a_group_is_numbered_by_its_first_text():
    """Strangers keep their own places."""
    assert near_duplicate_groups([text(0, 30), text(30, 60), text(30, 60), text(0, 30)]) == [0, 1, 1, 0]


def test_likeness_passes_through_a_third_text():
    """The first and the last share less than enough, and each of them enough with the one between."""
    one, between, other = text(0, 40), text(5, 45), text(10, 50)

    assert near_duplicate_groups([one, other]) == [0, 1]
    assert near_duplicate_groups([one, other, between]) == [0, 0, 0]


def test_the_same_words_in_another_order_are_another_text():
    """What is compared is words in a row."""
    assert near_duplicate_groups([text(0, 40), " ".join(reversed(text(0, 40).split()))]) == [0, 1]


def test_a_text_without_words_is_alike_only_to_its_like():
    """Empty mails are one group, and nothing else joins them."""
    assert near_duplicate_groups(["", "Hello", "...", "  "]) == [0, 1, 0, 0]
    assert near_duplicate_groups([]) == []


def test_nearly_all_texts_that_share_enough_are_found():
    """The bands are laid out to miss one pair in fifty at the limit; well above it they should miss none in fifty."""
    draw = np.random.default_rng(5)
    found = 0
    for _ in range(100):
        words = draw.permutation(WORDS)[:100].tolist()
        others = draw.permutation(WORDS)[:11].tolist()
        found += near_duplicate_groups([" ".join(words), " ".join(words[11:] + others)]) == [0, 0]

    # 87 of 109 runs of three words are common to both texts of a pair.
    assert ALIKE < 87 / 109
    assert found >= 98


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="ab \n1é", max_size=30), max_size=12))
def test_groups_are_a_partition(texts):
    """A group's number is the place of a member of it, never a later one, and equal texts share it."""
    groups = near_duplicate_groups(texts)

    assert all(groups[group] == group <= place for place, group in enumerate(groups))
    assert len(set(zip(texts, groups, strict=True))) == len(set(texts))
