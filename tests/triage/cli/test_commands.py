"""Commands: what they print, where, and how they exit."""

import json
import subprocess
import sys

import pytest

from tests.make import raw_message


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ingest"],
        ["show"],
        ["show", "abc"],
        ["inbox", "--band", "urgent"],
        ["worker", "soup"],
        ["failed", "retry"],
    ],
)
def test_wrong_usage_exits_with_two_and_says_what_to_type(run, data, arguments):
    """A command that was not understood prints its usage to stderr."""
    done = run(*arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: " in done.stderr


def test_no_arguments_show_the_commands(run):
    """`triage` alone lists what it can do."""
    assert "ingest" in run("--help").stdout
    assert run("--version").stdout.startswith("triage 0.")


def test_base_commands_do_not_load_tensorflow(run):
    """Neither the command line nor the API loads TensorFlow."""
    code = "import sys, triage.cli, triage.web.app, workers.app; print({'tensorflow', 'keras'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_database_without_schema_is_one_sentence(run, tmp_path):
    """Where nothing was set up a command says what to do, without a traceback."""
    done = run("inbox", "--data", tmp_path / "none")

    assert done.returncode == 1
    assert done.stderr.startswith("triage: the database has schema none")
    assert "triage migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_makes_the_schema_and_can_be_repeated(run, tmp_path):
    """After `migrate` the inbox is there and empty."""
    first, second = (run("migrate", "--data", tmp_path / "new") for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.startswith("database is at 0")
    assert "nothing here" in run("inbox", "--data", tmp_path / "new").stdout


def test_ingest_accounts_for_every_item(run, data, tmp_path):
    """Files, a folder, an mbox, a Maildir, JSON lines: stored, duplicate and refused add up to what was given."""
    mail = tmp_path / "mail"
    (mail / "maildir").mkdir(parents=True)
    for name in ("cur", "new", "tmp"):
        (mail / "maildir" / name).mkdir()
    (mail / "a.eml").write_bytes(raw_message("a"))
    (mail / "twin.eml").write_bytes(raw_message("a"))
    (mail / "empty.eml").write_bytes(b"")
    (mail / "notes.txt").write_text("not mail, and not looked at")
    (mail / "box.mbox").write_bytes(
        b"".join(b"From x Mon Mar  2 10:00:00 2026\n" + raw_message(f"m{n}") + b"\n" for n in range(3))
    )
    (mail / "maildir" / "cur" / "1:2,S").write_bytes(raw_message("seen"))
    (mail / "maildir" / "new" / "2").write_bytes(raw_message("unseen"))
    lines = [{"subject": "json", "text": "x"}, {"subject": 5}, {"id": "c1", "subject": "corpus", "body": "row"}]
    (mail / "mail.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n{broken\n")

    done = run("ingest", mail, "--data", data)
    again = run("ingest", mail, "--data", data)

    assert done.returncode == 1
    assert done.stdout.strip() == "12 given: 8 stored, 1 duplicate, 3 refused"
    assert "mail.jsonl:2: subject is not valid" in done.stderr
    assert "empty.eml" in done.stderr
    assert again.stdout.strip() == "12 given: 0 stored, 9 duplicate, 3 refused"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (raw_message("one"), 1),
        (b"".join(b"From x Mon Mar  2 10:00:00 2026\n" + raw_message(f"m{n}") + b"\n" for n in range(3)), 3),
        (b'{"subject": "a", "text": "b"}\n\n{"subject": "c", "text": "d"}\n', 2),
    ],
)
def test_ingest_reads_standard_input_of_any_kind(run, data, given, stored):
    """A message, an mbox and JSON lines are told apart by how they begin."""
    done = run("ingest", "-", "--data", data, stdin=given)

    assert done.stdout.strip() == f"{stored} given: {stored} stored, 0 duplicate, 0 refused"
    assert "nothing reads the mail yet" in done.stderr


def test_ingest_of_a_path_that_is_not_there_names_it(run, data):
    """A typing error is one sentence."""
    done = run("ingest", "nowhere.eml", "--data", data)

    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere.eml does not exist" in done.stderr


def test_inbox_and_show_print_what_is_there(run, data, tmp_path):
    """The list has the mail, `show` its text; as JSON they are what the API gives."""
    (tmp_path / "a.eml").write_bytes(raw_message("The lift is stuck", "Two people are inside."))
    run("ingest", tmp_path / "a.eml", "--data", data)

    listed = run("inbox", "--data", data)
    (item,) = json.loads(run("inbox", "--json", "--data", data).stdout)
    shown = run("show", item["id"], "--data", data)
    detail = json.loads(run("show", item["id"], "--json", "--data", data).stdout)

    assert "The lift is stuck" in listed.stdout
    assert "1 not read yet" in listed.stdout
    assert "Two people are inside." in shown.stdout
    assert (detail["subject"], detail["text"].strip()) == ("The lift is stuck", "Two people are inside.")
    assert item["from"]["address"] == "jo@example.org"


def test_terminal_never_receives_control_characters_of_a_mail(run, data, tmp_path):
    """A subject cannot recolour the list or move the cursor."""
    lines = json.dumps({"subject": "a\x1b[31mred\x07", "text": "b\x1b[2Jgone\x9b5A"})
    run("ingest", "-", "--data", data, stdin=lines)

    listed, shown = run("inbox", "--data", data), run("show", 1, "--data", data)

    assert "red" in listed.stdout
    assert "gone" in shown.stdout
    assert not {"\x1b", "\x07", "\x9b"} & set(listed.stdout + shown.stdout)


def test_show_of_an_unknown_email_is_one_sentence(run, data):
    """A wrong number is named."""
    done = run("show", 77, "--data", data)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "triage: email 77 is not in storage; list what is there with `triage inbox`\n"


def test_variable_that_cannot_be_used_is_named(run):
    """A wrong setting stops a command with its name."""
    done = run("inbox", TRIAGE_PORT="eighty")

    assert done.returncode == 1
    assert "TRIAGE_PORT cannot be used" in done.stderr


def test_setting_may_come_from_a_file(run, data, tmp_path):
    """A variable with `_FILE` names a file that holds the value."""
    from triage.settings import sqlite_url

    (tmp_path / "url").write_text(sqlite_url(data) + "\n")

    assert "nothing here" in run("inbox", TRIAGE_DATABASE_URL_FILE=str(tmp_path / "url")).stdout


def test_doctor_says_what_to_do_when_nothing_runs(run, data):
    """Each thing amiss comes with the next step."""
    done = run("doctor", "--data", data)

    assert done.returncode == 1
    assert "triage up" in done.stdout
    assert "schema is current" in done.stdout


def test_failed_list_is_empty_on_a_healthy_instance(run, data):
    """Nothing set aside is said so; retrying what is not set aside is an error."""
    assert run("failed", "list", "--data", data).stdout == "nothing was set aside\n"

    done = run("failed", "retry", "5", "--data", data)

    assert done.returncode == 1
    assert "not set aside: 5" in done.stderr
