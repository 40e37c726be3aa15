"""Mailboxes that meet a new topic are drawn so that nothing of it, nor its like, was seen before."""

import gzip
import json
from itertools import product

import pytest

from benchmarks import mailboxes
from benchmarks.mailboxes import DEV_TOPICS, TOPICS, new_topic_draw, topics_of
from training.near_duplicates import near_duplicate_groups

WORDS = ("rain", "stone", "lamp", "river", "paper", "glass", "wheel", "bread")


@pytest.fixture(autouse=True, scope="module")
def public_sets(tmp_path_factory):
    """Two sets as they lie on disk: seven topics of 30 letters that come twice each, and 77 of 20 queries."""
    folder = tmp_path_factory.mktemp("sets")
    letters = [row(f"t{topic}", number, copy) for topic, number, copy in product(range(7), range(30), range(2))]
    queries = [row(f"q{topic}", number) for topic, number in product(range(77), range(20))]
    for name, rows in (("emails-de-buergeramt/emails", letters), ("banking77/queries", queries)):
        path = folder / f"{name}.jsonl.gz"
        path.parent.mkdir()
        with gzip.open(path, "wt") as file:
            file.writelines(json.dumps(fields) + "\n" for fields in rows)
    mailboxes.distinct_mails.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_PUBLIC_DATA", str(folder))
        yield
    mailboxes.distinct_mails.cache_clear()


def row(topic, number, copy=0):
    """A letter with words of its own; a copy differs in numbers and case alone, which do not count."""
    own = "".join(chr(ord("a") + int(digit)) for digit in f"{topic[1:]}{number:03}")
    text = f"{' '.join(f'{word}{own}' for word in WORDS)} number {copy}"
    return {"text": text.upper() if copy else text, "topic": topic, "language": "en"}


def texts(labelled):
    return [mail.body for mail in labelled.mails]


@pytest.mark.parametrize(("name", "seed"), [*product(("emails-de-buergeramt", "banking77"), range(1, 8))])
def test_no_group_of_near_duplicates_is_on_both_sides(name, seed):
    """Of each group one mail is left, so what is judged is unlike all that was learned from."""
    draw = new_topic_draw(name, seed=seed, known_labels=12)

    everything = texts(draw.known + draw.new + draw.unseen)
    assert near_duplicate_groups(everything) == list(range(len(everything)))


@pytest.mark.parametrize(("name", "seed"), [*product(("emails-de-buergeramt", "banking77"), range(1, 8))])
def test_the_new_topic_is_never_among_the_known_ones(name, seed):
    """Before its eight labels nobody has seen a mail of it; unseen mail has some of every topic."""
    draw = new_topic_draw(name, seed=seed)

    assert draw.new_topic not in {*draw.topics, *draw.known.topics}
    assert draw.new.topics == (draw.new_topic,) * 8
    assert set(draw.unseen.topics) == {*draw.topics, draw.new_topic}


def test_every_topic_of_a_small_set_is_new_in_turn():
    """Seven successive draws hold out the seven topics."""
    new = {new_topic_draw("emails-de-buergeramt", seed=seed).new_topic for seed in range(1, 8)}

    assert new == {f"t{topic}" for topic in range(7)}


def test_a_topic_with_few_mails_keeps_a_third_unseen():
    """Of 30 distinct letters 20 have labels when 40 were asked for, and 10 are judged on."""
    draw = new_topic_draw("emails-de-buergeramt", seed=1, known_labels=40)

    assert [draw.known.topics.count(topic) for topic in draw.topics] == [20] * 6
    assert [draw.unseen.topics.count(topic) for topic in draw.topics] == [10] * 6


def test_the_same_seed_draws_the_same_mailbox():
    """Contenders that are asked one after the other, days apart, get the same mail."""
    assert new_topic_draw("banking77", seed=3) == new_topic_draw("banking77", seed=3)
    assert new_topic_draw("banking77", seed=3) != new_topic_draw("banking77", seed=4)


def test_topics_that_choices_are_made_on_are_never_judged():
    """The parts of banking77 have no topic in common, and a draw has topics of its part alone."""
    dev, test = set(topics_of("banking77", "dev")), set(topics_of("banking77", "test"))

    draw = new_topic_draw("banking77", seed=1, part="dev")

    assert len(dev) == DEV_TOPICS
    assert not dev & test
    assert {*draw.topics, draw.new_topic} <= dev
    assert len(draw.topics) == TOPICS - 1
