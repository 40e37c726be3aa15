"""What to label next, on the command line."""

import json

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify
from triage.labels import Topic


@pytest.fixture
def ids(database, redis):
    """Two mails of `main`, the second less surely read."""
    receipts = accept(make_intake(database, redis), raw_message("sure", "a"), raw_message("unsure", "b"))
    ids = [receipt.email_id for receipt in receipts]
    for email_id, topic, confidence in zip(ids, (Topic.BILLING, Topic.ORDER), (0.9, 0.4), strict=True):
        with database.unit_of_work() as session:
            classify(session, [email_id], FakeTextModel(reading(topic=topic, confidence=confidence)), POLICY, NOW)
    return ids


def test_list_and_json_name_the_same_mails(run, data, ids):
    """The less sure first, its topic with a question mark."""
    listed = run("label-next", "--mailbox", "main", "--data", data).stdout.splitlines()
    items = json.loads(run("label-next", "--mailbox", "main", "--json", "--data", data).stdout)
    one = run("label-next", "--mailbox", "main", "--limit", 1, "--data", data).stdout.splitlines()

    assert [line.split()[0] for line in listed[1:]] == [str(ids[1]), str(ids[0])]
    assert "order?" in listed[1]
    assert [item["id"] for item in items] == [ids[1], ids[0]]
    assert len(one) == 2


def test_nothing_to_label_is_said(run, data, ids):
    """When all is labelled there is a sentence, and an unknown mailbox is an error."""
    run("label", *ids, "--topic", "order", "--data", data)

    assert "nothing to label" in run("label-next", "--mailbox", "main", "--data", data).stdout
    assert run("label-next", "--mailbox", "elsewhere", "--data", data).returncode == 1
