"""How long mail is kept, and all mail with one person, on the command line."""

import json
import sqlite3

from tests.make import raw_message
from triage.embedded import database_path


def test_mail_with_one_person_is_printed_and_removed(run, data, tmp_path):
    """Each email is a line of JSON; removing asks first, and says how many went."""
    for number in range(2):
        (tmp_path / f"{number}.eml").write_bytes(raw_message(f"mail {number}"))
    run("ingest", *sorted(tmp_path.glob("*.eml")), "--data", data)

    told = run("correspondent", "export", "jo@example.org", "--data", data)
    asked = run("correspondent", "delete", "jo@example.org", "--data", data, stdin="n\n")
    gone = run("correspondent", "delete", "jo@example.org", "--yes", "--data", data)

    assert [json.loads(line)["subject"] for line in told.stdout.splitlines()] == ["mail 0", "mail 1"]
    assert (asked.returncode, gone.stdout) == (1, "2 emails removed\n")
    assert run("correspondent", "delete", "jo", "--yes", "--data", data).returncode == 1


def test_a_mailbox_is_given_its_times_and_purged(run, data, tmp_path):
    """What is set is shown; what is older goes when asked."""
    (tmp_path / "1.eml").write_bytes(raw_message())
    run("ingest", tmp_path / "1.eml", "--data", data)
    with sqlite3.connect(database_path(data)) as connection:
        connection.execute("UPDATE email SET stored_at = '2020-01-01 00:00:00.000000'")

    wrong = run("retention", "set", "main", "--data", data)
    done = run("retention", "set", "main", "--text", "30", "--data", data)
    shown = json.loads(run("retention", "show", "--json", "--data", data).stdout)
    purged = run("retention", "purge", "--data", data)

    assert (wrong.returncode, done.returncode) == (2, 0)
    assert shown == [{"mailbox": "main", "raw_days": 0, "text_days": 30, "all_days": 0}]
    assert purged.stdout == "0 emails and 0 images removed, 1 emptied, 0 without bytes now\n"
