"""What is kept of a mail, and how like two mails are."""

from tests.make import represented
from triage.memory.representation import embedding_of, features_of, likeness


def kept(embedding, features):
    return represented(features, embedding)


def test_embedding_and_features_come_back():
    """Numbers of the embedding are signed; a bucket takes three bytes, its weight one."""
    one = kept([0, 127, -128, -1], {7: 255, 16_000_000: 1})

    assert list(embedding_of(one)) == [0, 127, -128, -1]
    assert features_of(one) == {7: 255, 16_000_000: 1}
    assert list(embedding_of(b"")) == []


def test_same_words_are_wholly_alike_and_strangers_not_at_all():
    """Likeness is 1 for the same mail, 0 without a common word or meaning, and lies between for some."""
    one, other = kept([100, 0], {1: 200, 2: 100}), kept([0, 100], {3: 200})
    between = kept([100, 0], {1: 200, 3: 100})

    assert likeness(one, one) == 1.0
    assert likeness(one, other) == 0.0
    assert 0.5 < likeness(one, between) < 1.0


def test_mail_without_words_is_like_nothing():
    """Nothing is divided by the length of an empty mail."""
    empty = kept([0, 0], {})

    assert likeness(empty, empty) == 0.0
