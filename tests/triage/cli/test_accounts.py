"""`triage accounts`: what a person types to have mail read, and what they are told when it does not work."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user
from tests.make import url_of
from tests.triage.cli.accounts import PASSWORD, accounts, added, listed, names, server, user
from triage.settings import sqlite_url
from triage.storage import accounts as stored

__all__ = ["accounts", "added", "dovecot", "identity_provider", "mail_user", "server", "user"]


def test_account_is_tried_stored_and_listed(accounts, server, user):
    """The folders are shown; without a poller the list says what to start."""
    user.deliver(b"Subject: x\r\n\r\nhello\r\n")

    done = accounts("add", "support", *server, "--password-stdin", "--mailbox", "help", stdin=PASSWORD + "\n")

    assert done.returncode == 0, done.stderr
    assert re.search(r"INBOX +1 +is read", done.stdout)
    assert "account support is added" in done.stdout
    words = accounts("list").stdout
    assert re.search(r"support +help +127\.0\.0\.1 +INBOX +never polled to the end: .*`triage poll`", words)
    assert listed(accounts)[0]["state"] == "not_polled"


@pytest.mark.parametrize("way", ["variable", "file"])
def test_password_comes_from_a_variable_or_a_file(accounts, server, tmp_path, way):
    """As container secrets are handed over."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    given = {"variable": ("", PASSWORD), "file": ("_FILE", str(tmp_path / "password"))}[way]

    done = accounts("add", "support", *server, **{f"TRIAGE_ACCOUNT_PASSWORD{given[0]}": given[1]})

    assert done.returncode == 0, done.stderr


def test_everything_that_can_be_set_is_stored(accounts, server):
    """Write-back and labels are off unless they are set."""
    labels = ["--topic-folder", "Rechnungen=billing", "--topic-folder", "a=b=order", "--urgency-flag", "\\Flagged=high"]
    rest = ["--folder", "INBOX", "--folder", "Kunden", "--since", "2026-03-01", "--interval", "30", "--no-test"]
    written = ["--write-back", "keyword", "--tell", "critical=triage-critical", "--tell", "high=a=b"]
    for name, options in (("plain", ["--no-test"]), ("full", [*labels, *rest, *written])):
        done = accounts("add", name, *server, *options, "--password-stdin", stdin="x\n", TZ="UTC")
        assert done.returncode == 0, done.stderr

    full, plain = listed(accounts)

    assert (plain["write_back"], plain["client_labels"], plain["since"]) == (None, None, None)
    assert full["write_back"] == {"by": "keyword", "of": {"critical": "triage-critical", "high": "a=b"}}
    assert full["client_labels"] == {
        "topic_of_folder": {"Rechnungen": "billing", "a=b": "order"},
        "urgency_of_flag": {"\\Flagged": "high"},
    }
    assert (full["folders"], full["since"]) == (["INBOX", "Kunden"], "2026-03-01T00:00:00Z")
    assert full["interval_seconds"] == 30


@pytest.mark.parametrize(
    ("options", "exit_code", "words"),
    [
        ([], 2, "--password-stdin"),
        (["--password-stdin", "--tell", "critical=x"], 2, "--write-back"),
        (["--password-stdin", "--write-back", "move", "--tell", "critical"], 2, "critical=triage-critical"),
        (["--password-stdin", "--write-back", "move", "--tell", "urgent=x"], 2, "there is no urgent"),
        (["--password-stdin", "--urgency-flag", "x=soon"], 2, "there is no soon"),
        (["--password-stdin", "--client-id", "x"], 2, "--oauth"),
        (["--oauth", "google"], 2, "--client-id"),
        (["--oauth", "google", "--client-id", "x"], 2, "--client-secret-stdin"),
        (["--oauth", "google", "--client-id", "x", "--tenant", "y"], 2, "Microsoft"),
        (["--oauth", "custom", "--client-id", "x"], 2, "--authorization-url"),
        (["--password-stdin", "--write-back", "move", "--tell", "critical=INBOX"], 1, "read from there again"),
        (["--password-stdin", "--folder", "Kundne"], 1, "no folder Kundne; it has INBOX"),
        (["--password-stdin", "--port", "1"], 1, "cannot be reached"),
        (["--password-stdin", "--security", "starttls"], 1, "not to be trusted"),
        (["--password-stdin", "--host", "mail.example.com"], 1, "in the clear"),
    ],
)
def test_account_that_does_not_work_is_one_sentence_and_not_stored(
    accounts, server, database, options, exit_code, words
):
    """Exit 2 for what was not understood, 1 for what failed; never a traceback."""
    done = accounts("add", "support", *server, *options, stdin=PASSWORD + "\n", COLUMNS="500")

    assert done.returncode == exit_code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert names(database) == []


def test_wrong_password_is_told_and_a_new_one_mends_it(accounts, added):
    """`test` says what is wrong; `password` tries before it stores, and forgets the problem."""
    wrong = accounts("password", "support", "--password-stdin", stdin="wrong\n")
    forced = accounts("password", "support", "--password-stdin", "--no-test", stdin="wrong\n")
    tested = accounts("test", "support")
    mended = accounts("password", "support", "--password-stdin", stdin=PASSWORD + "\n")

    assert [done.returncode for done in (wrong, forced, tested, mended)] == [1, 0, 1, 0]
    assert tested.stderr.startswith("triage: 127.0.0.1 does not let us in")
    assert "INBOX" in accounts("test", "support").stdout
    assert "triage accounts password support" in accounts("consent", "support").stderr


def test_account_is_removed_after_a_question(accounts, added, database):
    """Without an answer nothing is removed; one that is not there is named."""
    unanswered = accounts("remove", "support")
    there = names(database)
    removed = accounts("remove", "support", "--yes")
    again = accounts("remove", "support", "--yes")

    assert (unanswered.returncode, len(there)) == (1, 1)
    assert (removed.returncode, names(database)) == (0, [])
    assert (again.returncode, "no account support" in again.stderr) == (1, True)


def test_keys_are_replaced_without_downtime(accounts, added):
    """The instance's own key decrypts beside one that is set; after `rekey` the set one alone is enough."""
    key = "a new key of more than thirty-two characters"

    rekeyed = accounts("rekey", TRIAGE_SECRET_KEY=key)

    assert rekeyed.stdout == "1 secrets are encrypted with the first key\n"
    assert accounts("test", "support", TRIAGE_SECRET_KEY=key).returncode == 0
    refused = accounts("test", "support")
    assert "another key" in refused.stderr


def test_doctor_says_which_account_is_amiss(accounts, run, data, added, database):
    """Nobody polls it, or it fails: doctor says so, with the sentence."""
    with database.unit_of_work() as session:
        account_id = stored.by_name(session, "support").account.id
    unpolled = run("doctor", "--data", data, COLUMNS="300").stdout
    with database.unit_of_work() as session:
        stored.note_problem(
            session, account_id, "it cannot be reached", stored.by_name(session, "support").account.created_at
        )
    failing = run("doctor", "--data", data, COLUMNS="300").stdout

    assert re.search(r"amiss +accounts +support: .*`triage poll`", unpolled)
    assert re.search(r"amiss +accounts +support: it cannot be reached", failing)


@pytest.mark.parametrize("interval", ["nan", "inf", "1e300", "0", "-5", "soon"])
def test_interval_is_between_a_second_and_a_day(accounts, server, interval):
    """Anything else is said, before anybody is asked for a password."""
    done = accounts("add", "support", *server, f"--interval={interval}", "--password-stdin", stdin=PASSWORD + "\n")

    assert done.returncode == 2
    assert "--interval" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_password_is_in_no_log_and_not_in_the_database(added, data, redis, user, accounts):
    """Polling at the most talkative, right and wrong, leaves no word of it in logs, database or key."""
    user.deliver(b"Subject: x\r\n\r\nhello\r\n")
    wrong = f"wrong-{PASSWORD}"
    accounts(
        "add",
        "other",
        "--host",
        "127.0.0.1",
        "--port",
        "1",
        "--security",
        "none",
        "--user",
        "x",
        "--no-test",
        "--password-stdin",
        stdin=wrong + "\n",
    )
    environment = os.environ | {
        "TRIAGE_DATABASE_URL": sqlite_url(data),
        "TRIAGE_DATA_DIR": str(data),
        "TRIAGE_REDIS_URL": url_of(redis),
        "TRIAGE_LOG_LEVEL": "debug",
    }
    poller = subprocess.Popen(
        [sys.executable, "-m", "triage", "poll"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while [account["state"] for account in listed(accounts)] != ["failing", "ok"]:
        assert poller.poll() is None
        time.sleep(0.2)
    poller.send_signal(signal.SIGTERM)
    log = poller.communicate(timeout=60)[0]

    written = log + b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert b"support" in written
    assert not any(word in written for word in (PASSWORD.encode(), b"7c1f 9d"))
    assert PASSWORD not in added.stdout + added.stderr
