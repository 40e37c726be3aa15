"""The policy, and mail that is put off, on the command line."""

import json

import pytest
from sqlalchemy import update

from tests.make import raw_message
from tests.triage.policies import SHIPPED, with_rule
from triage.storage.tables import PolicyChange

CLINICS = with_rule(name="Clinics", senders=["@clinic.example"], at_least="high")


@pytest.fixture
def call(run, data, tmp_path):
    """Run a command on an instance with two emails, the second from a clinic."""
    for number, sender in enumerate(("a@other.example", "b@clinic.example")):
        (tmp_path / f"{number}.eml").write_bytes(raw_message(f"mail {number}", sender=sender))
    run("ingest", tmp_path / "0.eml", tmp_path / "1.eml", "--data", data)
    return lambda *arguments: run(*arguments, "--data", data)


def test_policy_is_shown_checked_and_tried(call, run, tmp_path):
    """What a person does before a change; no server has to run."""
    file = tmp_path / "policy.toml"
    file.write_text(CLINICS)

    assert call("policy", "show").stdout.strip() == SHIPPED.strip()
    assert "what was learned of 0 senders moves mail by 0.08 at most" in call("policy", "show").stderr
    assert "can be used" in run("policy", "check", file).stdout
    assert "1 of 2 open emails would move" in call("policy", "dry-run", file).stdout


def test_policy_is_put_in_force_and_taken_back(call, tmp_path):
    """It is told who did so and why, and the way back is one command."""
    file = tmp_path / "policy.toml"
    file.write_text(CLINICS)

    put = call("policy", "set", file, "--author", "anna", "--reason", "clinics wait")
    assert "ranked by a policy of its own" in put.stdout
    assert "put in force by anna; 0 of 2 open emails are placed by it" in put.stdout
    assert call("policy", "show").stdout.strip() == CLINICS.strip()
    told = json.loads(call("policy", "history", "--json").stdout)["items"]
    assert [one["reason"] for one in told] == ["clinics wait", "the policy file"]
    assert "ranked by the policy file" in call("policy", "back", "--author", "ben").stdout


def test_wrong_policy_is_one_sentence(call, run, tmp_path):
    """The entry at fault is named, and nothing changes."""
    file = tmp_path / "policy.toml"
    file.write_text(with_rule(name="X", senders=["@clinic.example"], at_least="soon"))

    for done in (run("policy", "check", file), call("policy", "set", file, "--author", "anna")):
        assert done.returncode == 1
        assert "[[rules]] 1 (X) at_least is 'soon'; it must be one of low, normal, high, critical" in done.stderr
        assert "Traceback" not in done.stderr
    assert call("policy", "set", "--author", "anna").returncode == 2


def test_mail_is_put_off_done_and_opened_again(call):
    """All that are named, or none."""
    assert "1 put off until" in call("snooze", 1, "--for", "4h").stdout
    assert [one["id"] for one in json.loads(call("inbox", "--state", "snoozed", "--json").stdout)] == [1]
    assert call("done", 1, 2).stdout == "2 done\n"
    assert call("reopen", 2).stdout == "1 open again\n"
    assert [one["id"] for one in json.loads(call("inbox", "--json").stdout)] == [2]
    assert call("done", 2, 999).returncode == 1
    assert [one["id"] for one in json.loads(call("inbox", "--json").stdout)] == [2]
    assert call("snooze", 2).returncode == 2
    assert call("snooze", 2, "--for", "soon").returncode == 2


def test_doctor_names_mailboxes_whose_policy_can_no_longer_be_used(call, database, tmp_path):
    """It says which entry is at fault and what to do; a policy that can be used is counted."""
    file = tmp_path / "policy.toml"
    file.write_text(CLINICS)
    call("policy", "set", file, "--author", "anna")
    well = " ".join(call("doctor").stdout.split())
    with database.unit_of_work() as session:
        session.execute(update(PolicyChange).values(text=CLINICS.replace("horizon_days = 30", "horizon_days = 0")))

    amiss = " ".join(call("doctor").stdout.split())

    assert "1 mailboxes were given one, and all can be used" in well
    assert "mailbox main: horizon_days is 0; it must lie from 0.01 to 3650" in amiss
    assert "triage policy set FILE --mailbox NAME" in amiss
