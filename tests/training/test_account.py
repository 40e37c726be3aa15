"""What a training tells of its candidate, from models that say what they were told to."""

import json

import pytest

from tests.training.test_gate import Told, drawn, examples, figures
from training.account import MOST_POINTS, account_of, curve_in
from training.gate import compare, compare_read
from training.held_out import read_by_both
from training.report import CurvePoint

TRUTH, ACTIVE, CANDIDATE = drawn(1), drawn(2), drawn(3)


@pytest.fixture
def account():
    """Tell of a candidate that learned from 80 mails."""

    def tells(*before, is_untaught=False):
        held = read_by_both(Told("a", *ACTIVE), Told("b", *CANDIDATE), examples(*TRUTH))
        return account_of(held, compare_read(held, seed=1), 80, before, is_untaught=is_untaught)

    return tells


def test_each_model_is_read_with_once_and_judged_twice(account):
    """The gate sees what it sees otherwise; the report is of the candidate, and has the active model in short."""
    told = account().as_json()
    compared = compare(Told("a", *ACTIVE), Told("b", *CANDIDATE), examples(*TRUTH), seed=1)

    assert told["comparison"] == compared
    assert told["report"]["version"] == "b"
    assert told["report"]["active"]["version"] == "a"
    accuracy = sum(map(str.__eq__, TRUTH[0], ACTIVE[0])) / len(TRUTH[0])
    assert told["report"]["active"]["figures"]["topic_accuracy"] == pytest.approx(accuracy, abs=1e-4)
    languages = told["report"]["active"]["by_language"]["topic"]
    assert {name: of_language["mails"] for name, of_language in languages.items()} == {"de": 30, "en": 30}


def test_mistakes_are_told_by_id_and_no_mail_is_quoted(account):
    """A report names emails that were read otherwise than people said."""
    held = {example.id: example for example in examples(*TRUTH)}

    told = account().as_json()["report"]

    assert told["heads"]["topic"]["worst"]
    assert all(one["said"] == held[one["id"]].topic != one["read"] for one in told["heads"]["topic"]["worst"])
    assert held["letter-0"].body not in json.dumps(told)


def test_the_curve_goes_on_from_the_trainings_before(account):
    """By labels, each number of them once; it begins with the active model where that knows none of them."""
    first = account(is_untaught=True)
    kept = json.loads(json.dumps(first.as_json()))["report"]["curve"]
    later = account(*curve_in(kept), CurvePoint(40, {"topic_macro_f1": 0.3}), CurvePoint(80, {"topic_macro_f1": 0.1}))

    compared = figures(first.comparison.as_json())["topic_macro_f1"]
    assert [point.labels for point in first.report.curve] == [0, 80]
    assert [point.figures["topic_macro_f1"] for point in first.report.curve] == [compared.active, compared.candidate]
    assert [point.labels for point in later.report.curve] == [0, 40, 80]
    assert later.report.curve[-1] == first.report.curve[-1]


def test_a_long_curve_keeps_its_beginning_and_its_end(account):
    """A mailbox that is trained each day for years."""
    curve = account(*[CurvePoint(number, {}) for number in range(79)]).report.curve

    assert len(curve) == MOST_POINTS
    assert (curve[0].labels, curve[1].labels, curve[-1].labels) == (0, 79 - MOST_POINTS + 2, 80)


def test_the_page_has_both_models_and_quotes_nobody(account):
    """Pictures of each head and of the curve; mails by their ids."""
    pytest.importorskip("matplotlib")

    page = account(is_untaught=True).page()

    assert page.count("data:image/png;base64,") == 5
    assert "Beside the active model" in page
    assert "at 0 stands the model that we ship" in page
    assert account().report.heads["topic"].worst[0].id in page
    assert examples(*TRUTH)[0].body[:30] not in page
