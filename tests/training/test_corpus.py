"""Examples are read as written, and refused in one sentence."""

import json

import pytest

from training.corpus import corpus_files, digest_of, parse_example, read_examples, triage_corpus
from training.heads import UNLABELLED, labels_of
from triage.errors import InvalidSubmission
from triage.labels import Topic, Urgency


def test_the_corpus_is_whole_and_fully_labelled():
    """3,520 mails in twenty files, half in each language, each with all labels and an id of its own."""
    examples = triage_corpus()

    assert (len(corpus_files()), len(examples), len({example.id for example in examples})) == (20, 3520, 3520)
    assert all((column != UNLABELLED).all() for column in labels_of(examples).columns.values())
    assert sum(example.language == "de" for example in examples) == 1760


def test_neighbouring_contrast_mails_share_a_group():
    """The first three contrast mails differ in one thing and stay together."""
    groups = {example.group for example in triage_corpus() if example.id in {f"contrast-de-000{n}" for n in (1, 2, 3)}}

    assert len(groups) == 1


def test_a_missing_label_is_none_and_masked():
    """A mail with a topic alone has one label, and the others count as unlabelled."""
    example = parse_example('{"id": "a1", "subject": "Hi", "body": "…", "topic": "order", "colour": 3}', "f:1")

    columns = {head: int(column[0]) for head, column in labels_of([example]).columns.items()}

    assert example.topic == Topic.ORDER
    assert columns == {
        "topic": 3,
        "sentiment": UNLABELLED,
        "urgency": UNLABELLED,
        "action_required": UNLABELLED,
        "language": UNLABELLED,
    }


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ("not json", ""),
        ("[1]", ""),
        ('{"subject": 3}', "/subject"),
        ('{"urgency": "very"}', "/urgency"),
        ('{"topic": ["order"]}', "/topic"),
        ('{"action_required": "yes"}', "/action_required"),
    ],
)
def test_a_wrong_line_is_refused_by_place_and_field(line, pointer):
    """The error names the line and points to the field, and repeats no text of the mail."""
    with pytest.raises(InvalidSubmission, match=r"^mail\.jsonl:7 ") as refused:
        parse_example(line, "mail.jsonl:7")

    assert refused.value.pointer == pointer


def test_reading_keeps_order_and_skips_blank_lines(tmp_path):
    """Two mails with a blank line between are two examples in order."""
    path = tmp_path / "mail.jsonl"
    path.write_text(json.dumps({"id": "a", "urgency": "high"}) + "\n\n" + json.dumps({"id": "b"}) + "\n")

    examples = read_examples(path)

    assert [(example.id, example.urgency) for example in examples] == [("a", Urgency.HIGH), ("b", None)]


def test_the_digest_changes_with_a_label():
    """Two corpora that differ in one label have different digests."""
    one, other = parse_example('{"urgency": "low"}', "f:1"), parse_example('{"urgency": "high"}', "f:1")

    assert digest_of([one]) != digest_of([other])
    assert digest_of([one]) == digest_of([one])
