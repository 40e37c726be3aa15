"""What the lexicon says of words, in either language."""

import numpy as np
import pytest
import tensorflow as tf

from training.concepts import (
    BUCKETS,
    FIRST_CLASS,
    FIRST_CONCEPT,
    FIRST_PAIR,
    LEXICON,
    LEXICON_BUCKETS,
    concepts,
    lexicon,
    rows_of_distinct,
)
from training.ngrams import ngrams

FILES = sorted(LEXICON.glob("*.tsv"))


def read(text):
    """Return the n-grams of a body."""
    return ngrams(tf.constant([""]), tf.constant([text]))


def said(text):
    """Return what the lexicon says of a body: the buckets of concepts, of classes and of pairs."""
    return [one.bucket.numpy().tolist() for one in concepts(read(text), lexicon().tables())]


@pytest.mark.parametrize(
    ("german", "english"),
    [("Rechnung", "invoice"), ("Rauch", "smoke"), ("Feuer", "FIRE"), ("abbestellen", "unsubscribe")],
)
def test_a_word_and_its_translation_are_one_concept(german, english):
    """They share both buckets, though they share no letters."""
    concept, kind, pairs = said(german)

    assert [concept, kind, pairs] == said(english)
    assert (len(concept), len(kind), len(pairs)) == (1, 1, 0)


def test_a_word_of_the_same_class_shares_only_the_class():
    """A fire is no smoke, and both burn."""
    (burns,) = {
        line.split("\t")[2]
        for path in FILES
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("smoke\t")
    }
    others = [
        line.split("\t")[0]
        for path in FILES
        for line in path.read_text("utf-8").splitlines()
        if line.split("\t")[2] == burns and line.split("\t")[1] != "smoke"
    ]

    assert others
    smoke, other = said("smoke"), said(others[0])
    assert smoke[1] == other[1]
    assert smoke[0] != other[0]


@pytest.mark.parametrize("word", ["xyzzyplugh", "Qwrtzpflug"])
def test_an_unknown_word_has_no_concept(word):
    """It is read by its letters alone, and so has no class either."""
    assert said(word) == [[], [], []]


def test_an_unknown_word_in_the_bucket_of_a_known_one_has_no_concept():
    """The whole hash tells the two apart."""
    found, tables = read("smoke"), lexicon().tables()
    stranger = found._replace(distinct=found.distinct + LEXICON_BUCKETS)

    assert rows_of_distinct(found, tables).numpy()[0, 1] > FIRST_CONCEPT
    assert rows_of_distinct(stranger, tables).numpy()[0, 1:].tolist() == [FIRST_CONCEPT, FIRST_CLASS]
    assert [one.bucket.numpy().tolist() for one in concepts(stranger, tables)] == [[], [], []]


def test_joining_words_do_not_part_a_pair():
    """Smoke in the kitchen is a pair of smoke and kitchen, in either language."""
    assert len(said("smoke kitchen")[2]) == 1
    assert said("smoke in the kitchen")[2] == said("smoke kitchen")[2] == said("Rauch in der Küche")[2]


def test_a_pair_has_an_order_and_stays_within_a_sentence():
    """Kitchen and smoke is another pair; two sentences make none."""
    assert said("kitchen smoke")[2] != said("smoke kitchen")[2]
    assert said("Smoke. Kitchen.")[2] == []


def test_a_pair_names_both_its_words():
    """An explanation gives each of them half."""
    *_, pairs = concepts(read("the smoke in the kitchen"), lexicon().tables())

    assert (pairs.first_word.numpy().tolist(), pairs.last_word.numpy().tolist()) == ([1], [4])


def test_kinds_of_buckets_do_not_overlap():
    """Concepts, classes and pairs lie behind each other, behind the n-grams."""
    concept, kind, pairs = said("smoke in the kitchen, the fire is out and the invoice is wrong")

    assert all(FIRST_CONCEPT < bucket < FIRST_CLASS for bucket in concept)
    assert all(FIRST_CLASS < bucket < FIRST_PAIR for bucket in kind)
    assert all(FIRST_PAIR < bucket < BUCKETS for bucket in pairs)


def test_the_buckets_of_an_unknown_word_have_no_row():
    """No concept and no class has these, so no vocabulary ever counts them."""
    found = read("Qwrtzpflug")

    (row,) = rows_of_distinct(found, lexicon().tables()).numpy().tolist()

    assert row == [int(found.words[0]), FIRST_CONCEPT, FIRST_CLASS]
    assert lexicon().concepts.min() == lexicon().kinds.min() == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_a_word_its_concept_and_its_class(path):
    """Three columns, none empty, and the first is one word to the model."""
    lines = path.read_text("utf-8").splitlines()
    columns = [line.split("\t") for line in lines]

    assert [line for line, fields in zip(lines, columns, strict=True) if len(fields) != 3] == []
    assert [
        line for line, fields in zip(lines, columns, strict=True) if any(f != f.strip() or not f for f in fields)
    ] == []
    words = [fields[0] for fields in columns]
    found = ngrams(tf.constant(words), tf.fill([len(words)], ""))
    mail = tf.gather(found.mail, found.sentence_of_word).numpy()
    assert [words[place] for place in np.flatnonzero(np.bincount(mail, minlength=len(words)) != 1)] == []


def test_a_word_listed_twice_counts_as_it_is_listed_first(tmp_path, monkeypatch):
    """So a later file adds words and changes none."""
    (tmp_path / "a.tsv").write_text("zebra\tzebra\tanimal\n", "utf-8")
    (tmp_path / "b.tsv").write_text("zebra\tcrossing\tstreet\nroad\troad\tstreet\n", "utf-8")
    monkeypatch.setattr("training.concepts.LEXICON", tmp_path)

    made = lexicon.__wrapped__()

    by_word = dict(
        zip(made.hashes.tolist(), zip(made.concepts.tolist(), made.kinds.tolist(), strict=True), strict=True)
    )
    # Concepts and classes are numbered in the order of their names: crossing, road, zebra; animal, street.
    assert by_word == {int(read("zebra").distinct[0]): (3, 1), int(read("road").distinct[0]): (2, 2)}


def test_of_two_words_in_one_bucket_the_first_stays(tmp_path, monkeypatch):
    """The other says nothing, rather than what the first says."""
    (tmp_path / "a.tsv").write_text("zebra\tzebra\tanimal\nroad\troad\tstreet\n", "utf-8")
    monkeypatch.setattr("training.concepts.LEXICON", tmp_path)
    monkeypatch.setattr("training.concepts.LEXICON_BUCKETS", 1)

    made = lexicon.__wrapped__()

    assert made.hashes.tolist() == [int(read("zebra").distinct[0])]
    assert [one.bucket.numpy().size for one in concepts(read("road"), made.tables())] == [0, 0, 0]
    assert [one.bucket.numpy().size for one in concepts(read("zebra"), made.tables())] == [1, 1, 0]
