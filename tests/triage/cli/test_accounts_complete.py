"""`triage accounts verify` and `backfill`: is all of it here, and more of what was there before."""

import json
import re
import threading
import time
from datetime import UTC, datetime

from sqlalchemy import select, update

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user
from tests.triage.cli.accounts import PASSWORD, accounts, added, server, user
from triage.storage.tables import Email

__all__ = ["accounts", "added", "dovecot", "identity_provider", "mail_user", "server", "user"]


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
    assert (done.stdout, done.returncode) == ("1 email taken in\n", 0)
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
