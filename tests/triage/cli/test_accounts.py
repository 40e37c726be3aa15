"""`triage accounts`: what a person types to have mail read, and what they are told when it does not work."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import select, update

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user
from tests.make import url_of
from triage.settings import sqlite_url
from triage.storage import accounts as stored
from triage.storage.session import Database
from triage.storage.tables import Email

__all__ = ["dovecot", "identity_provider", "mail_user"]

PASSWORD = "Gehéim-7c1f 9d"


@pytest.fixture
def user(dovecot):
    return dovecot.user(f"cli-{uuid.uuid4().hex}", PASSWORD)


@pytest.fixture
def server(dovecot, user):
    """The options that lead to the user's mail."""
    return ["--host", dovecot.host, "--port", dovecot.port, "--security", "none", "--user", user.name]


@pytest.fixture
def accounts(run, data):
    """Run `triage accounts …` on the instance."""

    def runs(*arguments, **given):
        return run("accounts", *arguments, "--data", data, **given)

    return runs


@pytest.fixture
def added(accounts, server):
    """An account that was added."""
    done = accounts("add", "support", *server, "--password-stdin", stdin=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def database(data):
    made = Database(sqlite_url(data))
    yield made
    made.close()


def listed(accounts):
    return json.loads(accounts("list", "--json").stdout)


def names(database):
    with database.reading() as session:
        return [row.account.name for row in stored.all_accounts(session)]


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


def test_verify_tells_of_each_account_what_can_be_told(accounts, added, server, user):
    """An account that cannot be reached, or a folder that is gone, hides nothing of the others."""
    user.deliver(b"Subject: x\r\n\r\nhello\r\n")
    well = accounts("verify", "support")
    for name, options in {"another": ["--port", "1"], "gone": ["--folder", "Archiv", "--folder", "INBOX"]}.items():
        accounts("add", name, *server, *options, "--no-test", "--password-stdin", stdin=PASSWORD + "\n")

    done = accounts("verify", COLUMNS="300")
    listed = json.loads(accounts("verify", "--json").stdout)

    assert (well.returncode, well.stderr) == (0, "")
    assert re.search(r"support +INBOX +1 +none +1 +none", well.stdout)
    assert done.returncode == 1
    assert re.search(r"gone +INBOX +1 +none +0 +none", done.stdout)
    assert re.search(r"support +INBOX +1 +none +0 +none", done.stdout)
    assert re.search(r"^another: 127\.0\.0\.1 cannot be reached", done.stderr, re.MULTILINE)
    assert re.search(r"^gone: .*no folder Archiv", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr
    told = [(one["account"], one["folder"], one["messages"], bool(one["problem"])) for one in listed]
    assert told == [("gone", "Archiv", 0, True), ("gone", "INBOX", 1, False), ("support", "INBOX", 1, False)]


def test_backfill_takes_in_older_mail(accounts, server, user, database):
    """Of mail that was there before, what came since a day; again it finds nothing more."""
    for year in (2024, 2025):
        sent = f"Subject: {year}\r\n\r\nhello\r\n".encode()
        user.deliver(sent, internal_date=datetime(year, 6, 1, tzinfo=UTC))
    added = accounts(
        "add", "support", *server, "--since", "2026-01-01", "--password-stdin", stdin=PASSWORD + "\n", TZ="UTC"
    )
    none = accounts("verify", "support", "--json")

    done = accounts("backfill", "support", "--since", "2025-01-01", TZ="UTC")
    again = accounts("backfill", "support", "--since", "2025-01-01", TZ="UTC")

    assert (added.returncode, json.loads(none.stdout)[0]["messages"]) == (0, 0)
    assert (done.stdout, done.returncode) == ("1 emails taken in\n", 0)
    assert (again.stdout, again.returncode) == ("0 emails taken in\n", 0)
    with database.reading() as session:
        assert list(session.scalars(select(Email.subject))) == ["2025"]


def test_backfill_waits_for_room(accounts, added, server, user, database):
    """A queue that is full puts it off and does not end it half-way."""
    for number in range(450):
        user.deliver(
            f"Subject: mail {number}\r\n\r\nhello\r\n".encode(), internal_date=datetime(2025, 6, 1, tzinfo=UTC)
        )
    options = ["--since", "2026-01-01", "--mailbox", "old", "--password-stdin"]
    accounts("add", "old", *server, *options, stdin=PASSWORD + "\n")
    done = []
    command = threading.Thread(
        target=lambda: done.append(accounts("backfill", "old", "--since", "2025-01-01", TRIAGE_MAX_QUEUED="100"))
    )
    command.start()
    while command.is_alive():
        time.sleep(0.2)
        with database.unit_of_work() as session:
            session.execute(update(Email).values(state="read"))
    command.join()

    assert (done[0].stdout, done[0].returncode) == ("450 emails taken in\n", 0), done[0].stderr
    assert done[0].stderr.count("waiting: ") == 1


@pytest.mark.parametrize("interval", ["nan", "inf", "1e300", "0", "-5", "soon"])
def test_interval_is_between_a_second_and_a_day(accounts, server, interval):
    """Anything else is said, before anybody is asked for a password."""
    done = accounts("add", "support", *server, f"--interval={interval}", "--password-stdin", stdin=PASSWORD + "\n")

    assert done.returncode == 2
    assert "--interval" in done.stderr
    assert "Traceback" not in done.stderr


def oauth_options(provider):
    urls = ["--authorization-url", provider.authorization_url, "--token-url", provider.token_url, "--scope", "mail"]
    return ["--oauth", "custom", "--client-id", provider.client_id, *urls]


class Consenting:
    """`triage accounts …` while it waits for consent."""

    def __init__(self, arguments, secret):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "triage", "accounts", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean | {"TRIAGE_ACCOUNT_CLIENT_SECRET": secret, "COLUMNS": "300"},
        )
        self.url = next(line.strip() for line in self.process.stderr if line.startswith("http"))

    def ends(self, stdin=""):
        out, err = self.process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess([], self.process.returncode, out, err)


@pytest.mark.parametrize("way", ["browser here", "address pasted"])
def test_consent_is_given_in_a_browser(accounts, data, server, user, identity_provider, way):
    """The browser comes back to us by itself, or its address is pasted; then the account is tried and stored."""
    identity_provider.user = user.name
    options = [*server, *oauth_options(identity_provider), "--data", data]

    consenting = Consenting(["add", "support", *options], identity_provider.client_secret)
    if way == "browser here":
        (back,) = parse_qs(urlsplit(consenting.url).query)["redirect_uri"]
        assert requests.get(f"{back}/favicon.ico", timeout=10).status_code == 404
        assert requests.get(f"{back}/?code=forged&state=forged", timeout=10).status_code == 404
        answer = requests.get(consenting.url, timeout=10)
        assert (answer.status_code, "may be closed" in answer.text) == (200, True)
        done = consenting.ends()
    else:
        visited = requests.get(consenting.url, timeout=10, allow_redirects=False)
        done = consenting.ends(f"something else\n{visited.headers['Location']}\n")

    assert done.returncode == 0, done.stderr
    assert "account support is added" in done.stdout
    assert listed(accounts)[0]["oauth"] == {"provider": "custom", "client_id": identity_provider.client_id}
    assert accounts("test", "support").returncode == 0


def test_consent_that_is_gone_is_listed_and_given_anew(accounts, data, server, user, identity_provider, database):
    """`test` names the command, the list says since when, and the command mends it (A-09)."""
    identity_provider.user = user.name
    options = [*server, *oauth_options(identity_provider), "--data", data]
    consenting = Consenting(["add", "support", *options], identity_provider.client_secret)
    requests.get(consenting.url, timeout=10)
    assert consenting.ends().returncode == 0
    identity_provider.consents.revoke(user.name)

    refused = accounts("test", "support")
    with database.unit_of_work() as session:
        row = stored.by_name(session, "support").account
        stored.note_problem(session, row.id, refused.stderr.removeprefix("triage: ").strip(), row.created_at)
    words = accounts("list", COLUMNS="500").stdout
    consenting = Consenting(["consent", "support", "--data", data], "")
    requests.get(consenting.url, timeout=10)
    mended = consenting.ends()

    assert (refused.returncode, "`triage accounts consent support`" in refused.stderr) == (1, True)
    assert re.search(r"consent is gone for 1 minute: .*`triage accounts consent support`", words)
    assert (mended.returncode, mended.stdout) == (0, "account support may be read again\n"), mended.stderr
    assert listed(accounts)[0]["state"] == "not_polled"


def test_consent_that_is_refused_stores_nothing(data, server, identity_provider, database):
    """Whoever says no in the browser is believed."""
    identity_provider.user = ""
    options = [*server, *oauth_options(identity_provider), "--data", data]

    consenting = Consenting(["add", "support", *options], identity_provider.client_secret)
    requests.get(consenting.url, timeout=10)
    done = consenting.ends()

    assert (done.returncode, "was refused (access_denied)" in done.stderr) == (1, True)
    assert names(database) == []


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
