"""Policy files: read, checked, told apart."""

import time

import pytest

from tests.triage.ranking.test_priority import shipped_figures
from triage.errors import InvalidPolicy
from triage.labels import Topic, TopicState
from triage.ranking import load_policy, policy_from, policy_from_text, policy_text


def test_shipped_policy_knows_every_topic():
    """Each topic of the shipped model has a weight of its own."""
    assert set(load_policy().topic_weight) >= set(Topic)


def test_unknown_topic_weighs_as_other():
    """A mailbox's own topic that the policy does not name is taken for `other`."""
    policy = load_policy()

    assert policy.weight_of("greenhouse") == policy.weight_of("other")


def test_equal_figures_have_equal_versions_and_others_differ():
    """The version is a digest of the figures."""
    figures = shipped_figures()
    changed = figures | {"horizon_days": 3}

    assert policy_from(figures).version == load_policy().version
    assert policy_from(changed).version != load_policy().version


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"shares": {"urgency": 0.5, "topic": 0.2, "mood": 0.1, "action": 0.1}}, "add up to 1"),
        ({"shares": {"urgency": 1.0}}, r"\[shares\] topic must be a number"),
        ({"urgency_level": {"low": 0, "normal": 0.3, "high": 0.7, "critical": 7}}, "must lie from 0 to 1"),
        (
            {"urgency_level": {"low": 0, "normal": 0.3, "high": 0.7, "critical": 1, "urgent": 1}},
            "unknown entry 'urgent'",
        ),
        ({"band_from": {"normal": 0.5, "high": 0.4, "critical": 0.9}}, "must rise"),
        ({"topic_weight": {"technical": 0.9}}, "other must be a number"),
        ({"sender_adjustment": {"@example.org": 5}}, "must lie from -1 to 1"),
        ({"horizon_days": "seven"}, "horizon_days must be a number"),
        ({"horizon_days": True}, "horizon_days must be a number"),
        ({"shares": 3}, "must be a table"),
        ({"topic_from": {"applied": 0.5, "suggested": 0.6}}, "suggested is above applied"),
        ({"topic_from": {"applied": 1.5, "suggested": 0.6}}, "must lie from 0 to 1"),
        ({"topic_from": {"applied": 0.5}}, r"\[topic_from\] suggested must be a number"),
    ],
)
def test_figure_that_cannot_be_meant_is_named(change, complaint):
    """A wrong figure is refused with its place and what it may be."""
    with pytest.raises(InvalidPolicy, match=complaint):
        policy_from(shipped_figures() | change)


@pytest.mark.parametrize(
    ("confidence", "state"),
    [(1.0, "applied"), (0.6, "applied"), (0.59, "suggested"), (0.2, "suggested"), (0.1, "none")],
)
def test_topic_is_applied_or_suggested_by_its_confidence(confidence, state):
    """The figures are the lowest confidence of each state (A-22)."""
    policy = policy_from(shipped_figures() | {"topic_from": {"applied": 0.6, "suggested": 0.2}})

    assert policy.topic_state(confidence) == state


@pytest.mark.parametrize("applied", [0.0, 0.5, 1.0])
def test_what_is_certain_is_applied_whatever_the_policy(applied):
    """A topic that a person said has a confidence of 1 (A-22)."""
    policy = policy_from(shipped_figures() | {"topic_from": {"applied": applied, "suggested": 0.0}})

    assert policy.topic_state(1.0) is TopicState.APPLIED


def test_policy_file_of_an_earlier_release_has_the_same_states():
    """Without a table of its own a policy applies and suggests topics as the shipped one does."""
    older = {name: figure for name, figure in shipped_figures().items() if name != "topic_from"}

    assert policy_from(older).topic_from == load_policy().topic_from


def test_missing_file_and_broken_file_are_named(tmp_path):
    """The sentence has the file and what to check."""
    broken = tmp_path / "policy.toml"
    broken.write_text("shares = [")

    with pytest.raises(InvalidPolicy, match="cannot be read"):
        load_policy(tmp_path / "none.toml")
    with pytest.raises(InvalidPolicy, match="not valid TOML"):
        load_policy(broken)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a." * 90_000 + "a = 1", "20 parts"),
        ('["a" . ' + "'b' . " * 30_000 + "c]", "20 parts"),
        ("a = " + "[" * 50_000, "not valid TOML"),
        ("horizon_days = " + "9" * 5_000, "not valid TOML"),
        ("horizon_days = 0x" + "f" * 90_000, "thousands of digits"),
    ],
    ids=["name of many parts", "quoted name of many parts", "depth", "digits", "hexadecimal digits"],
)
def test_policy_made_to_hold_us_up_is_refused_at_once(text, complaint):
    """Names of many parts take tomllib minutes, and numbers of thousands of digits are no mere figures (A-36)."""
    start = time.thread_time()

    with pytest.raises(InvalidPolicy, match=complaint):
        policy_from_text(_shipped_with(text))

    assert time.thread_time() - start < 0.5


def _shipped_with(line: str) -> str:
    name = line.partition(" ")[0]
    return "\n".join([line, *(one for one in policy_text().splitlines() if not one.startswith(f"{name} "))])
