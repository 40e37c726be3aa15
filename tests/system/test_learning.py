"""From a label to similar mail, in a running instance: seconds, without a training and without a restart."""

import time

import pytest

from tests.system.conftest import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LABELLED = [
    "The barrier of the parking garage did not open this morning and I was stuck behind it.",
    "My parking card is not accepted at the garage entrance any more.",
    "All parking spaces on level 2 of the garage were taken by visitors again.",
    "Somebody has parked in my reserved parking space, number 14 in the garage.",
    "The ticket machine in the parking garage took my money and gave no ticket.",
    "Please send me a second parking card for the garage, my husband drives too.",
    "I lost my parking ticket; what do I pay to leave the garage?",
    "How high may a van be for the parking garage? The sign at the barrier is gone.",
]
WAITS = "The barrier at the parking garage has been closed since noon and my card is not accepted."
COMES_NEXT = "A visitor stands in my reserved parking space in the garage, number 31."
STRANGER = "We were charged twice for invoice 4711. Please refund the second payment."


def post(instance, text):
    answer = instance.http.post("/v1/emails?wait=30", json={"subject": "Question", "text": text})
    assert answer.json()["state"] == "read"
    return answer.json()


def test_eight_labels_teach_a_new_topic_within_seconds(start, figure):
    """A similar mail that waits moves to the topic, one that comes next has it, and a stranger stays (A-21)."""
    instance = start()
    assert instance.triage("topics", "add", "Parking").returncode == 0
    ids = [post(instance, text)["id"] for text in LABELLED]
    waits, stranger = post(instance, WAITS), post(instance, STRANGER)

    def now(email):
        return instance.http.get(f"/v1/emails/{email['id']}").json()

    for email_id in ids:
        answer = instance.http.post(f"/v1/emails/{email_id}/labels", json={"topic": "Parking"})
        assert answer.status_code == 200
    labelled_at = time.monotonic()
    until(lambda: now(waits)["topic"] == "Parking", 60)
    moved_after = time.monotonic() - labelled_at
    fresh = post(instance, COMES_NEXT)
    read_after = time.monotonic() - labelled_at

    assert waits["topic"] != "Parking"
    assert fresh["topic"] == "Parking"
    for email in (now(waits), fresh):
        (why,) = [reason["text"] for reason in email["reasons"] if reason["factor"] == "topic"]
        assert why.startswith("about Parking")
        assert why.endswith("as mail like it was labelled here")
    assert now(stranger)["topic"] == stranger["topic"] == "billing"
    figure(f"moved {moved_after:.1f} s after the eighth label, the next mail read at {read_after:.1f} s")
