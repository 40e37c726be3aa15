"""Mails as vectors: what is computed for many at once is what a loop over pairs computes."""

import numpy as np
import pytest

from tests.make import represented
from triage.memory.representation import EMBEDDING_SHARE, embedding_of, features_of
from triage.memory.vectors import products, vectors_of

MAILS = [
    represented({1: 255, 9: 100}, [100, 0]),
    represented({}, [0, 50]),
    represented({9: 255, 2: 30, 16_777_215: 4}, [-3, 4]),
    represented({}, [0, 0]),
    represented({1: 200}, [0, 0]),
]


def naive(one, other):
    """The product of two mails, by the definition."""
    (mine, its), (here, there) = (features_of(one), features_of(other)), (embedding_of(one), embedding_of(other))
    words = sum(weight * its.get(bucket, 0) for bucket, weight in mine.items())
    long = np.linalg.norm(list(mine.values()) or [0]) * np.linalg.norm(list(its.values()) or [0])
    meant, far = np.dot(here, there), np.linalg.norm(here) * np.linalg.norm(there)
    return ((words / long if long else 0) + EMBEDDING_SHARE * (meant / far if far else 0)) / (1 + EMBEDDING_SHARE)


def test_products_are_those_of_each_pair():
    """Mails without words, without a meaning and without either are among them."""
    expected = [[naive(one, other) for other in MAILS] for one in MAILS]

    assert products(vectors_of(MAILS)) == pytest.approx(np.array(expected), abs=1e-6)


def test_sums_are_of_each_mails_own_features():
    """Also where mails without features stand between others, at the beginning and at the end."""
    vectors = vectors_of([MAILS[3], *MAILS])

    assert vectors.summed(np.ones(len(vectors.buckets))).tolist() == [0, 2, 0, 3, 0, 1]
    assert vectors.summed(np.ones((len(vectors.buckets), 2)))[:, 1].tolist() == [0, 2, 0, 3, 0, 1]


def test_some_mails_in_the_order_asked_for():
    """As if only these had been given."""
    some, alone = vectors_of(MAILS).some([2, 1, 0]), vectors_of([MAILS[2], MAILS[1], MAILS[0]])

    assert some.buckets.tolist() == alone.buckets.tolist()
    assert some.ends.tolist() == alone.ends.tolist()
    assert products(some) == pytest.approx(products(alone))


@pytest.mark.parametrize("mails", [[], [MAILS[3]]], ids=["no mail", "an empty mail"])
def test_nothing_to_compare(mails):
    """No mails, or none with words, are like nothing."""
    vectors = vectors_of(mails)

    assert products(vectors).shape == (len(mails), len(mails))
    assert not products(vectors).any()
    assert len(vectors.some([])) == 0
