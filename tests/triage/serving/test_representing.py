"""What is kept of mails: the heaviest features, in order, the same whatever stands beside a mail."""

from itertools import islice, product

import numpy as np
import pytest

from tests.triage.serving.test_text import GAS, INVOICE, NEWSLETTER
from triage.mail import MailText
from triage.memory.representation import MOST_FEATURES, embedding_of, features_of, likeness
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.representing import packed
from triage.serving.text import _represented, load_text_model

LONG = MailText("Minutes", " ".join(map("".join, islice(product("bkmrst", "aeiou", "lnrt", "aeiou"), 700))))
EMPTY = MailText("", "")
TEXTS = [*GAS.values(), EMPTY, *INVOICE.values(), LONG, *NEWSLETTER.values()]


@pytest.fixture(scope="module")
def model():
    return load_text_model(DEFAULT_BUNDLE)


@pytest.fixture(scope="module")
def kept(model):
    """What is kept of the texts above, which were read together."""
    return [reading.representation for reading in model.read(TEXTS)]


def test_the_heaviest_features_are_kept_in_ascending_order():
    """Weights are relative to the heaviest, and none is rounded to nothing; mails come in any order."""
    count = MOST_FEATURES + 50
    feature = np.array([7, *range(count, 0, -1)], np.int32)
    mail = np.array([2, *[0] * count], np.int32)
    weight = np.array([0.5, *np.linspace(1.0, 0.0001, count)], np.float32)

    long, empty, short = packed(feature, mail, weight, np.array([[0.6, -0.8], [0, 0], [1, 0]], np.float32))

    assert list(features_of(long)) == list(range(51, count + 1))
    assert features_of(long)[count] == 255
    assert min(features_of(long).values()) >= 1
    assert list(embedding_of(long)) == [76, -102]
    assert (features_of(empty), list(embedding_of(empty))) == ({}, [0, 0])
    assert features_of(short) == {7: 255}
    assert packed(feature[:0], mail[:0], weight[:0], np.zeros((2, 2), np.float32)) == [bytes([1, 2, 0, 0])] * 2
    assert packed(feature[:0], mail[:0], weight[:0], np.zeros((0, 2), np.float32)) == []


def test_the_shipped_model_represents_every_mail(kept):
    """The empty one too, and a long one within bounds: 1.2 KB at most."""
    assert all(kept)
    assert features_of(kept[2]) == {}
    assert not any(embedding_of(kept[2]))
    assert len(features_of(kept[5])) == MOST_FEATURES
    assert max(map(len, kept)) <= 2 + 96 + 4 * MOST_FEATURES


def test_equal_text_is_represented_by_equal_bytes(model, kept):
    """Alone, in a batch, and in a batch that is padded."""
    alone = [model.read([text])[0].representation for text in TEXTS]
    many = [reading.representation for reading in model.read(TEXTS * 5)]

    assert alone == kept
    assert many == kept * 5


def test_mail_about_the_same_is_more_alike_than_strangers_in_both_languages(kept):
    """A German mail and an English one meet where they mean the same."""
    gas, gas_de, _, invoice, invoice_de, _, news, news_de = kept
    strangers = [likeness(gas, invoice_de), likeness(gas, news_de), likeness(invoice, gas_de), likeness(news, gas_de)]

    for one, other in ((gas, gas_de), (invoice, invoice_de), (news, news_de)):
        assert likeness(one, other) > max(strangers)


def test_a_bundle_of_before_represents_nothing():
    """Memory has nothing to say of its mail, which is read as ever."""
    assert _represented({"topic": object()}, 3) == [b"", b"", b""]
