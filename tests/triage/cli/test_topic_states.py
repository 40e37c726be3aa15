"""A topic on the command line: applied, suggested, or none (A-22)."""

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify
from triage.labels import Topic


@pytest.fixture
def ids(database, redis):
    """Three mails, which the model reads as billing: surely, perhaps, and hardly."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}", f"body {n}") for n in range(3)))
    ids = [receipt.email_id for receipt in receipts]
    for email_id, confidence in zip(ids, (0.95, 0.5, 0.2), strict=True):
        model = FakeTextModel(reading(topic=Topic.BILLING, confidence=confidence))
        with database.unit_of_work() as session:
            classify(session, [email_id], model, POLICY, NOW)
    return ids


def test_inbox_marks_suggestions(run, data, ids):
    """A suggestion has a question mark, and where no topic is likely there is a dash."""
    lines = [line for line in run("inbox", "--data", data).stdout.splitlines() if "mail " in line]

    shown = {line.split()[0]: line.split()[3] for line in lines}
    assert shown == {str(ids[0]): "billing", str(ids[1]): "billing?", str(ids[2]): "–"}


def test_show_says_what_the_topic_is_worth(run, data, ids):
    """In words, with the confidence; a person's word is told as theirs."""
    run("label", ids[2], "--topic", "order", "--data", data)

    sure, perhaps, said = (run("show", email_id, "--data", data).stdout for email_id in ids)

    assert "billing (95\N{NO-BREAK SPACE}%)" in sure
    assert "billing? (50\N{NO-BREAK SPACE}%, a suggestion)" in perhaps
    assert "order, as was said" in said
