"""What a model is worth on some mails, as data and as a page."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import letter
from training.heads import MAIL_HEADS, labels_of
from training.report import CurvePoint, confused_in_words, report_of
from training.report_page import report_page
from training.text import mail_text

EXAMPLES = [replace(letter(number), topic=topic) for number, topic in enumerate(["billing", "order", "order", None])]
NAMES = MAIL_HEADS["topic"]


def sure_of(*topics, confidence=0.9):
    """Probabilities of a model that reads these topics, each less surely than the one before."""
    rows = np.full((len(topics), len(NAMES)), 0.01)
    for row, topic in enumerate(topics):
        rows[row, NAMES.index(topic)] = confidence - 0.1 * row
    return {"topic": rows / rows.sum(axis=1, keepdims=True)}


@pytest.fixture
def report():
    """A model that reads billing, contract, order, bulk where billing, order, order and nothing was said."""
    labels = labels_of(EXAMPLES, {"topic": NAMES})
    ids = [example.id for example in EXAMPLES]
    return report_of("text-1", ids, ["en", "de", "en", "de"], labels, sure_of("billing", "contract", "order", "bulk"))


def test_head_is_told_in_all_and_by_language(report):
    """Mail without a label does not count; the figures of languages are those of their mails alone."""
    topic = report.heads["topic"]

    assert (report.mails, topic.mails) == (4, 3)
    assert topic.figures["topic_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert {name: (some["mails"], some["topic_accuracy"]) for name, some in topic.by_language.items()} == {
        "de": (1, 0.0),
        "en": (2, 1.0),
    }


def test_mistakes_are_counted_and_the_surest_named(report):
    """By what was said and what was read, and by id and place; a report holds no text."""
    topic = report.heads["topic"]
    order, contract = NAMES.index("order"), NAMES.index("contract")

    assert np.sum(topic.confusion) == 3
    assert topic.confusion[order][contract] == 1
    assert [(one.id, one.place, one.said, one.read) for one in topic.worst] == [("letter-1", 1, "order", "contract")]
    assert confused_in_words(report.heads) == {"topic": "order read as contract (1)"}
    assert "lantern" not in json.dumps(report.as_json())


def test_report_is_plain_json(report):
    """It survives the way into a database column and back."""
    told = report.after([CurvePoint(50, {"topic_macro_f1": 0.6}), CurvePoint(10, {"topic_macro_f1": 0.4})]).as_json()

    assert json.loads(json.dumps(told))["curve"][0]["labels"] == 10
    assert told["heads"]["topic"]["figures"] == report.figures


def test_head_without_labels_is_left_out():
    """Nothing can be said of it."""
    unlabelled = labels_of([replace(example, topic=None) for example in EXAMPLES], {"topic": NAMES})

    assert report_of("text-1", "abcd", ["en"] * 4, unlabelled, sure_of(*NAMES[:4])).heads == {}


def test_page_is_whole_by_itself(report):
    """Pictures are inside, nothing is fetched, and what strangers wrote is text."""
    hostile = replace(EXAMPLES[1], subject="<script>alert(1)</script>", body="<img src=http://x.example/>")
    texts = [mail_text(example) for example in (EXAMPLES[0], hostile, *EXAMPLES[2:])]

    page = report_page(report.after([CurvePoint(10, {"topic_macro_f1": 0.4})]), texts)

    assert page.count("data:image/png;base64,") == 2
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert 'src="http' not in page
    assert "src=http" not in page.replace("&lt;img src=http", "")


def test_page_of_plain_data_quotes_nobody(report):
    """Without texts the mistakes have their ids alone."""
    page = report_page(report)

    assert "letter-1" in page
    assert "lantern" not in page


def test_a_topic_may_have_any_name():
    """Dollars are no formula, and what a browser would take for a tag is text."""
    names = ("$5 and $6", "\\frac{", "<b>")
    examples = [replace(letter(number), topic=names[number % 3]) for number in range(6)]
    labels = labels_of(examples, {"topic": names})
    shares = np.full((6, 3), 1 / 3)

    page = report_page(report_of("x", [example.id for example in examples], ["en"] * 6, labels, {"topic": shares}))

    assert "$5 and $6" in page
    assert "&lt;b&gt;" in page


def test_many_labels_are_drawn_by_their_mistakes():
    """Of a mailbox with many topics the picture shows twenty, and says so."""
    names = tuple(f"topic {number}" for number in range(40))
    examples = [replace(letter(number), topic=names[number]) for number in range(40)]
    shares = np.full((40, 40), 0.01)
    shares[np.arange(40), np.roll(np.arange(40), 1)] = 1.0
    labels = labels_of(examples, {"topic": names})

    page = report_page(report_of("x", names, ["en"] * 40, labels, {"topic": shares / shares.sum(axis=1)[:, None]}))

    assert "Of 40 labels" in page
