"""`triage trainings` and what `triage doctor` says of them."""

import json

import pytest
from sqlalchemy import update

from tests.make import NOW, accept, make_intake, raw_message, url_of
from tests.triage.trainings.conftest import say
from triage.feedback import add_topics
from triage.settings import sqlite_url
from triage.storage.tables import Training


@pytest.fixture
def triage(run, data, redis):
    """Run `triage …` on the instance, beside a Redis that runs."""

    def runs(*arguments, **options):
        given = {"TRIAGE_DATABASE_URL": sqlite_url(data), "TRIAGE_REDIS_URL": url_of(redis), "LOGNAME": "anna"}
        return run(*arguments, **given | options)

    return runs


def test_a_training_is_started_listed_and_shown(triage, database, redis):
    """It waits for a worker and says so; `doctor` says which to start, and which topics want labels (A-24)."""
    ids = [one.email_id for one in accept(make_intake(database, redis), raw_message("a"), raw_message("b"))]
    with database.unit_of_work() as session:
        add_topics(session, "main", ["Parking"], NOW)
    say(database, ids, topic="Parking")

    started = triage("trainings", "start")
    assert started.returncode == 0, started.stderr
    number = started.stdout.split()[1]
    listed = triage("trainings", "list", "--mailbox", "main")
    shown = json.loads(triage("trainings", "show", number, "--json").stdout)
    doctor = triage("doctor").stdout

    assert started.stdout == f"training {number} of main is queued: it waits for a worker\n"
    assert "anna" in listed.stdout
    assert (shown["state"], shown["mailbox"]) == ("queued", "main")
    assert "1 trainings wait, and no training worker gives a sign of life" in " ".join(doctor.split())
    assert "main: topic Parking: 2 of 8 labels" in " ".join(doctor.split())


def test_a_report_is_written_as_a_page(triage, database, redis, tmp_path):
    """Or said in a sentence why there is none."""
    accept(make_intake(database, redis), raw_message("a"))
    number = triage("trainings", "start").stdout.split()[1]
    early = triage("trainings", "report", number, "--output", tmp_path / "page.html")
    with database.unit_of_work() as session:
        session.execute(update(Training).values(state="refused", figures={}, page="<p>Ärger</p>"))
    written = triage("trainings", "report", number, "--output", tmp_path / "page.html")
    nowhere = triage("trainings", "report", number, "--output", tmp_path / "none" / "page.html")

    assert (early.returncode, "its report is there when it has ended" in early.stderr) == (1, True)
    assert written.stdout == f"{tmp_path / 'page.html'} has the report of training {number}\n"
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "<p>Ärger</p>"
    assert (nowhere.returncode, "cannot be used" in nowhere.stderr) == (1, True)


def test_what_is_not_there_is_said_in_a_sentence(triage):
    """An unknown mailbox or training ends with exit code 1; no training yet is no error."""
    assert triage("trainings", "list").stdout.startswith("no training was asked for yet")
    assert "there is no mailbox main" in triage("trainings", "start").stderr
    assert "there is no training 7" in triage("trainings", "show", 7).stderr
