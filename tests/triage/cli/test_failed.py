"""`triage failed`: what a person sees and does about mail that could not be read."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.make import NOW, accept, make_intake, raw_message, url_of
from tests.pictures import picture
from triage.intake import accept_image
from triage.settings import sqlite_url
from triage.storage import emails, queued
from triage.storage.failures import FailedFilter, SetAside, failed_ids

VALUE_ERROR, STOPPED = "reading it raised ValueError", "the worker stopped while reading it"


@pytest.fixture
def ids(database, redis):
    """Twelve emails that were set aside, the last for another cause, and one that waits; the stream is empty."""
    made = [
        receipt.email_id
        for receipt in accept(make_intake(database, redis), *(raw_message(f"mail {n}", f"body {n}") for n in range(13)))
    ]
    with database.unit_of_work() as session:
        for email_id in made[:12]:
            cause = STOPPED if email_id == made[11] else VALUE_ERROR
            queued.EMAILS.set_aside(session, email_id, error=cause, stage="read", attempts=5, now=NOW)
    redis.flushall()
    return made


@pytest.fixture
def failed(run, data, redis):
    """Run `triage failed …` on the instance, beside a Redis that runs."""

    def runs(*arguments, **variables):
        given = {"TRIAGE_DATABASE_URL": sqlite_url(data), "TRIAGE_REDIS_URL": url_of(redis), "TZ": "UTC"}
        return run("failed", *arguments, **given | variables)

    return runs


def left(database):
    with database.reading() as session:
        return failed_ids(session, FailedFilter(), limit=100)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_list_shows_causes_first_and_some_emails_below(failed, ids, columns):
    """One row for each cause with its count, a few emails of each below, and no line too wide for the terminal."""
    lines = failed("list", COLUMNS=columns).stdout.splitlines()

    assert lines[1].split()[:3] == ["1", "11", "read"]
    assert lines[1].split()[-1] == "12:00"
    assert lines[2].split()[:3] == ["2", "1", "read"]
    assert [line.split()[:2] for line in lines if "Jo Doe" in line] == [
        ["1", str(ids[0])],
        ["1", str(ids[1])],
        ["1", str(ids[2])],
        ["2", str(ids[11])],
    ]
    assert "4 of 12 emails are listed" in lines[-1]
    assert max(map(len, lines)) <= int(columns)


def test_list_shows_as_many_emails_as_it_is_told(failed, ids):
    """With a limit they come in the order of ids, and the last line speaks up only where some are left out."""
    some, every, none = (failed("list", "--limit", limit).stdout for limit in (5, 12, 0))

    assert [text.count("Jo Doe") for text in (some, every, none)] == [5, 12, 0]
    assert ["emails are listed" in text for text in (some, every, none)] == [True, False, True]


def test_list_as_json_is_what_the_api_gives(failed, ids):
    """Groups, emails and the cursor of the next page."""
    page = json.loads(failed("list", "--json", "--limit", "2").stdout)

    assert [(group["error"], group["count"]) for group in page["groups"]] == [(VALUE_ERROR, 11), (STOPPED, 1)]
    assert [item["id"] for item in page["items"]] == ids[:2]
    assert (page["count"], page["next_cursor"]) == (12, str(ids[1]))


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 12),
        (["--mailbox", "none"], 0),
        (["--stage", "read"], 12),
        (["--error", "STOPPED"], 1),
        (["--since", "2026-03-02"], 12),
        (["--since", "2026-03-02 12:01"], 0),
        (["--until", "2026-03-02T13:00+01:00"], 0),
        (["--until", "2026-03-02T13:00:01+01:00"], 12),
    ],
)
def test_options_narrow_the_list(failed, ids, options, count):
    """Each option narrows what is listed; a time without a zone is local."""
    assert json.loads(failed("list", "--json", *options).stdout)["count"] == count


def test_list_says_when_nothing_is_there(failed, data, ids):
    """An empty list is told from a filter that lets nothing pass."""
    assert failed("list", "--error", "no such").stdout == "nothing of this kind was set aside\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["retry"],
        ["discard"],
        ["export"],
        ["retry", "1", "--all"],
        ["discard", "1", "--error", "x"],
        ["retry", "0"],
        ["retry", "99999999999999999999"],
        ["retry", "--all", "--per-second", "0"],
        ["retry", "--all", "--limit", "0"],
        ["list", "--limit", "-1"],
        ["list", "--since", "yesterday"],
        ["list", "--since", "0001-01-01T00:00+10:00"],
        ["list", "--until", "2026-13-01"],
    ],
)
def test_wrong_usage_is_refused_and_moves_nothing(failed, database, ids, arguments):
    """What is not clearly meant exits 2 with the usage."""
    done = failed(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: " in done.stderr
    assert left(database) == ids[:12]


def test_retry_of_some_by_number_names_the_others(failed, database, ids):
    """Those that were set aside are tried again, the rest is told with exit 1."""
    done = failed("retry", ids[0], ids[12])

    assert (done.returncode, done.stdout) == (1, "1 tried again\n")
    assert f"not set aside: {ids[12]};" in done.stderr
    assert left(database) == ids[1:12]


def test_retry_of_a_kind_leaves_the_others(failed, database, ids, redis):
    """A filter, a limit and a rate: what is left is counted."""
    first = failed("retry", "--error", "ValueError", "--limit", "2")
    second = failed("retry", "--error", "ValueError", "--per-second", "5")

    assert first.stdout == "2 tried again, 9 still set aside\n"
    assert second.stdout == "9 tried again, 0 still set aside\n"
    assert left(database) == ids[11:12]


def test_retry_that_is_interrupted_leaves_each_email_failed_or_queued(data, database, ids, redis):
    """Ctrl-C in the middle says what is left; each email is either set aside or in the queue."""
    variables = {"TRIAGE_DATABASE_URL": sqlite_url(data), "TRIAGE_REDIS_URL": url_of(redis)}
    command = [sys.executable, "-m", "triage", "failed", "retry", "--all", "--per-second", "1"]
    with subprocess.Popen(command, env=os.environ | variables, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 60
        while len(left(database)) > 10 and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1].decode()

    with database.reading() as session:
        counts = emails.count_by_state(session)
    tried = 12 - len(left(database))
    assert process.returncode == 130
    assert f"stopped: {12 - tried} are still set aside" in said
    assert "Traceback" not in said
    assert 0 < tried < 12
    assert counts == {"queued": 1 + tried, "read": 0, "failed": 12 - tried}


def test_retry_of_many_without_redis_moves_nothing(failed, database, ids, tmp_path):
    """Nobody knows how many wait, so many are not tried again; named ones are."""
    away = {"TRIAGE_REDIS_URL": f"unix://{tmp_path}/none.sock"}

    many = failed("retry", "--all", **away)
    one = failed("retry", ids[0], **away)

    assert many.returncode == 1
    assert "Redis does not answer" in many.stderr
    assert (one.returncode, one.stdout) == (0, "1 tried again\n")
    assert left(database) == ids[1:12]


def test_discard_of_many_asks_first(failed, database, ids):
    """Without an answer nothing is discarded; `--yes` answers."""
    unsure = failed("discard", "--all")
    some = failed("discard", "--error", "stopped", stdin="y\n")
    sure = failed("discard", "--all", "--yes")

    assert (unsure.returncode, unsure.stdout.strip()) == (1, "")
    assert "discard 12 emails?" in unsure.stderr
    assert some.stdout.strip() == "1 discarded"
    assert sure.stdout == "11 discarded\n"
    assert left(database) == []


def test_export_writes_the_bytes_that_came(failed, ids, tmp_path):
    """One, several, or all of a kind: each file holds its email; a second run finds them there."""
    some = failed("export", ids[0], ids[12], "-o", tmp_path / "some")
    kind = [failed("export", "--error", "ValueError", "-o", tmp_path / "kind") for _ in range(2)]

    assert some.stdout.split() == [str(tmp_path / "some" / f"email-{ids[n]}.eml") for n in (0, 12)]
    assert (tmp_path / "some" / f"email-{ids[12]}.eml").read_bytes() == raw_message("mail 12", "body 12")
    assert [done.returncode for done in kind] == [0, 0]
    assert len(list((tmp_path / "kind").iterdir())) == 11


@pytest.mark.parametrize("in_the_way", ["file", "link", "dangling link", "folder"])
def test_export_overwrites_nothing(failed, ids, tmp_path, in_the_way):
    """Whatever has the name of the file already stays as it is, and no link is followed."""
    place, other = tmp_path / f"email-{ids[0]}.eml", tmp_path / "other"
    if in_the_way == "folder":
        place.mkdir()
    elif in_the_way == "file":
        place.write_text("of another email")
    else:
        place.symlink_to(other)
        if in_the_way == "link":
            other.write_bytes(raw_message("mail 0", "body 0"))

    done = failed("export", ids[0], "-o", tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert "is there and holds something else" in done.stderr
    assert place.is_dir() or not place.is_symlink() or place.readlink() == other
    assert in_the_way != "dangling link" or not other.exists()
    assert in_the_way != "file" or place.read_text() == "of another email"


def test_show_and_doctor_tell_the_cause(failed, run, data, ids, redis):
    """One email says why and how often it was tried; the doctor names the most frequent cause."""
    shown = failed("show", ids[0]).stdout
    doctor = run("doctor", TRIAGE_DATABASE_URL=sqlite_url(data), TRIAGE_REDIS_URL=url_of(redis)).stdout

    assert f"{VALUE_ERROR} (5 attempts)" in shown
    assert "12 emails were set aside, 11 of them in stage read" in " ".join(doctor.split())


def test_images_are_listed_tried_again_and_discarded_apart_from_mail(failed, ids, database, redis):
    """With `--images` the same commands speak of images; emails of the same numbers stay where they are."""
    inlet = make_intake(database, redis).images
    made = [accept_image(database, inlet, picture((n, 0, 0)), mailbox="main", now=NOW).image_id for n in range(3)]
    with database.unit_of_work() as session:
        for image_id in made:
            queued.IMAGES.set_aside(session, image_id, error="broken", stage="recognize", attempts=5, now=NOW)

    listed = failed("list", "--images").stdout
    tried = failed("retry", made[0], "--images")
    gone = failed("discard", "--images", "--error", "broken", "--yes").stdout
    nothing = failed("list", "--images").stdout

    assert "IMAGES" in listed
    assert [line.split()[:3] for line in listed.splitlines() if line.split()[2:3] == ["recognize"]] == [
        ["1", "3", "recognize"]
    ]
    assert (tried.stdout.strip(), tried.stderr) == ("1 tried again", "")
    assert (gone.strip(), nothing.strip()) == ("2 discarded", "nothing was set aside")
    assert len(left(database)) == 12
    with database.reading() as session:
        assert failed_ids(session, FailedFilter(of=SetAside.IMAGES), limit=10) == []
