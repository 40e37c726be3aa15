"""`/v1/status` says how things stand as sentences, the page in the reader's language, and the command line the same."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from tests.make import NOW, accept, make_intake, raw_message
from triage.api.standing import Standing, parts_of, summary
from triage.cli.app import app
from triage.queue.heartbeat import TRAINS, Heartbeat, State, beat
from triage.storage import queued
from triage.storage.waiting import Waiting

READER, TRAINER = Heartbeat("desk-1", "text", "v1"), Heartbeat("desk-2", TRAINS, None)
WELL = {
    "queue": {},
    "warnings": [],
    "refusing": None,
    "surges": [],
    "rereading": [],
    "emails": {"failed": 0},
    "images": {"failed": 0, "queue": {"waiting": 0}},
    "accounts": [],
    "learning": {"trainings": {}, "waiting_topics": {}},
}


def said(part, told=None, *, waiting=Waiting(0, None), living=(READER, TRAINER)):  # noqa: B008
    found = parts_of(WELL | (told or {}), waiting, living)
    return [(one.state, one.sentence, one.since) for one in found if one.part == part]


def in_a_line(output):
    """What a narrow terminal wraps."""
    return " ".join(output.split())


def test_all_is_well_where_nothing_waits_and_somebody_reads():
    """With a reader, an empty queue and nothing set aside every part is well."""
    parts = parts_of(WELL, Waiting(0, None), [READER, TRAINER])

    assert {one.state for one in parts} == {Standing.WELL}
    assert summary(parts) == "all is well"


def test_mail_that_waits_is_told_with_its_number_and_since_when():
    """One email and many are told in words of their own; a full queue needs somebody."""
    then = NOW - timedelta(hours=1)

    assert said("mail", waiting=Waiting(1, then)) == [(Standing.NOTICE, "one email waits to be read", then)]
    assert said("mail", waiting=Waiting(1200, then)) == [(Standing.NOTICE, "1,200 emails wait to be read", then)]
    assert said("mail", {"refusing": "10 emails wait to be read, and 5 may; send new mail again later"})[0][0] is (
        Standing.NEEDS_SOMEBODY
    )


def test_without_a_reader_the_workers_say_what_to_do():
    """Nobody who reads needs somebody, and the sentence ends in the command; what is wrong with one is said once."""
    deaf = Heartbeat("desk-3", "text", "v1", problem="tasks wait and it has taken none for 40 s", state=State.DEAF)

    ((state, sentence, _),) = said("workers", living=[TRAINER])
    ((_, of_deaf, _),) = said("workers", living=[deaf, TRAINER])

    assert (state, "`triage worker text`" in sentence) == (Standing.NEEDS_SOMEBODY, True)
    assert of_deaf == "desk-3 is deaf: tasks wait and it has taken none for 40 s"


def test_topics_that_want_labels_are_named_with_how_many_they_have():
    """A topic with too few labels is worth knowing, and needs nobody."""
    told = {"learning": {"trainings": {}, "waiting_topics": {"main": ["topic Parking: 3 of 8 labels"]}}}

    ((state, sentence, _),) = said("learning", told)

    assert state is Standing.NOTICE
    assert sentence.endswith("once they have more labels: topic Parking: 3 of 8 labels")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_page_api_and_command_say_the_same(client, settings, database, redis, monkeypatch):
    """What was set aside is told by all three, in German on a German page; the command exits 1 until it is mended."""
    ((email_id),) = [one.email_id for one in accept(make_intake(database, redis), raw_message("lift"))]
    for worker in (READER, TRAINER):
        beat(redis, worker)
    for name in ("data_dir", "database_url", "redis_url"):
        monkeypatch.setenv(f"TRIAGE_{name.upper()}", str(getattr(settings, name)))

    before = CliRunner().invoke(app, ["status"])
    with database.unit_of_work() as session:
        queued.EMAILS.set_aside(session, email_id, error="a fault", stage="read", attempts=5, now=NOW)
    after, told = CliRunner().invoke(app, ["status"]), client.get("/v1/status").json()
    as_json = CliRunner().invoke(app, ["status", "--json"])
    page = client.get("/status", headers={"Accept-Language": "de"}).text

    assert (before.exit_code, after.exit_code, as_json.exit_code) == (0, 1, 1), (before.output, after.output)
    assert "one email waits to be read (since" in in_a_line(before.output)
    sentence = "one email was set aside; `triage failed list` says why"
    assert sentence in in_a_line(after.output)
    assert sentence in [one["sentence"] for one in told["parts"]]
    assert told["summary"] == json.loads(as_json.output)["summary"] == "one thing needs somebody"
    assert "eine Mail wurde beiseitegelegt; <code>triage failed list</code> sagt, warum" in page
    assert "braucht jemanden" in page
