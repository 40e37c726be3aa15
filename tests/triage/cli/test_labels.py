"""`triage label`, `triage labels` and `triage topics`: what a person says of mail at the command line."""

import json

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading, url_of
from training.corpus.example import parse_example
from triage.classify import classify
from triage.queue.names import LEARNING
from triage.settings import sqlite_url
from triage.storage.inbox import InboxFilter, inbox_page, inbox_row


@pytest.fixture
def ids(database, redis):
    """Four emails that the model has read; one has a Message-ID of its own, two share one."""
    raws = [
        raw_message("mail 0"),
        raw_message("mail 1", message_id="<one@example.org>"),
        raw_message("mail 2", message_id="<two@example.org>"),
        raw_message("mail 3", message_id="<two@example.org>"),
    ]
    made = [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]
    with database.unit_of_work() as session:
        classify(session, made, FakeTextModel(reading(confidence=0.6)), POLICY, NOW)
    return made


@pytest.fixture
def triage(run, data, redis):
    """Run `triage …` on the instance, beside a Redis that runs."""

    def runs(*arguments, **options):
        given = {"TRIAGE_DATABASE_URL": sqlite_url(data), "TRIAGE_REDIS_URL": url_of(redis), "LOGNAME": "anna"}
        return run(*arguments, **given | options)

    return runs


def said(database, email_id):
    with database.reading() as session:
        labels = inbox_row(session, email_id).labels
    return {} if labels is None else labels.said.statement.as_json()


def test_label_counts_at_once_and_undo_takes_it_back(triage, database, ids):
    """Each email says where it stands now; the history keeps who said what."""
    labelled = triage("label", ids[0], ids[1], "--topic", "BILLING", "--urgency", "critical", "--action", "yes")
    again = triage("label", ids[0], "--topic", "billing")
    undone = triage("label", ids[0], "--undo")
    history = triage("labels", "list", "--email", ids[0]).stdout

    assert labelled.returncode == again.returncode == undone.returncode == 0
    assert labelled.stdout.splitlines()[0] == (
        f"{ids[0]} labelled: topic billing, urgency critical, action yes; priority 0.90, critical"
    )
    assert again.stdout.startswith(f"{ids[0]} known")
    assert undone.stdout.startswith(f"{ids[0]} taken back: nothing said; priority")
    assert said(database, ids[0]) == {}
    assert said(database, ids[1]) == {"topic": "billing", "urgency": "critical", "action_required": True}
    assert "anna" in history
    assert "taken back by anna" in history
    assert "topic: you said billing" in triage("show", ids[1]).stdout


def test_emails_that_are_not_there_are_named_and_the_others_labelled(triage, database, ids):
    """Exit 1, after the rest was done."""
    done = triage("label", 777, ids[0], "--topic", "order")

    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert "not stored: 777;" in done.stderr
    assert said(database, ids[0]) == {"topic": "order"}


def test_undo_of_what_somebody_else_said_names_the_way(triage, database, ids):
    """Nobody's word is taken back by accident; --author does it on purpose."""
    triage("label", ids[0], "--topic", "order", "--author", "ben")

    refused = triage("label", ids[0], "--undo")
    meant = triage("label", ids[0], "--undo", "--author", "ben")

    assert refused.returncode == 1
    assert f"anna said nothing of {ids[0]}; `triage labels list --email {ids[0]}` shows who did" in refused.stderr
    assert (meant.returncode, said(database, ids[0])) == (0, {})


def test_unknown_topic_is_refused_with_how_to_add_it(triage, database, ids):
    """What the sentence says to type works."""
    refused = triage("label", ids[0], "--topic", "Rechnung")
    added = triage("topics", "add", "Rechnung", "Kündigung", "--mailbox", "main")
    done = triage("label", ids[0], "--topic", "rechnung")
    listed = triage("topics", "list").stdout

    assert refused.returncode == 1
    assert "`triage topics add Rechnung --mailbox main` adds one" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (added.stdout, done.returncode) == ("mailbox main has Rechnung, Kündigung\n", 0)
    assert [line.split()[:2] for line in listed.splitlines() if "Rechnung" in line] == [["Rechnung", "1"]]
    assert triage("topics", "retire", "RECHNUNG").returncode == 0
    assert triage("label", ids[1], "--topic", "Rechnung").returncode == 1
    assert "retired" in triage("topics", "list").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["label", "1"],
        ["label", "--topic", "order"],
        ["label", "0", "--topic", "order"],
        ["label", "x", "--topic", "order"],
        ["label", "1", "--urgency", "urgent"],
        ["label", "1", "--action", "maybe"],
        ["label", "1", "--undo", "--topic", "order"],
        ["labels", "import"],
        ["labels", "list", "--email", "1", "--mailbox", "main"],
        ["topics", "add"],
    ],
)
def test_wrong_usage_is_refused(triage, ids, arguments):
    """What is not clearly meant exits 2 with the usage."""
    done = triage(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: " in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["labels", "import", "nowhere.csv"],
        ["labels", "import", "."],
        ["labels", "list", "--email", "999"],
        ["labels", "list", "--mailbox", "nowhere"],
        ["labels", "export", "--mailbox", "nowhere"],
        ["topics", "list", "--mailbox", "nowhere"],
        ["topics", "retire", "nonsense"],
        ["topics", "add", "a\nb"],
        ["label", "1", "--topic", "a\nb"],
        ["label", "1", "--topic", "\udcff"],
        ["label", "1", "--topic", "order", "--author", "\n"],
    ],
)
def test_what_cannot_be_done_is_one_sentence(triage, ids, arguments):
    """Exit 1, and never a traceback."""
    done = triage(*arguments)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "triage: " in done.stderr


def test_import_labels_stored_mail_and_says_what_became_of_each_line(triage, database, ids):
    """By id and by message_id; what is unclear or not there is refused with its line and the reason."""
    lines = [
        {"id": ids[0], "topic": "billing"},
        {"message_id": "<one@example.org>", "urgency": "high"},
        {"id": ids[0], "topic": "billing"},
        {"message_id": "<two@example.org>", "topic": "order"},
        {"message_id": "<none@example.org>", "topic": "order"},
        {"id": 777, "topic": "order"},
        {"id": ids[2], "topic": "Rechnung"},
        {"id": ids[0], "topic": "order"},
    ]

    done = triage("labels", "import", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))

    assert done.returncode == 1
    assert done.stdout == "8 given: 0 stored, 3 labelled, 1 known, 4 refused\n"
    told = [line for line in done.stderr.splitlines() if line.startswith("refused ")]
    assert [line.split(":")[1] for line in told] == ["4", "5", "6", "7"]
    assert f"emails {ids[2]}, {ids[3]} of mailbox main have this message_id" in told[0]
    assert "holds no such mail" in told[1]
    assert "email 777 is not in storage" in told[2]
    assert "has no topic Rechnung" in told[3]
    assert "--add-topics" in done.stderr
    assert said(database, ids[0]) == {"topic": "order"}
    assert said(database, ids[1]) == {"urgency": "high"}


def test_examples_are_taken_in_as_done_with_their_labels(triage, database, tmp_path):
    """Mail that is new is stored, labelled and read, and never stands in the inbox; a second run knows all."""
    file = tmp_path / "april.csv"
    file.write_text(
        "subject;body;topic;action_required\nRechnung;Bitte prüfen;Rechnung;ja\nNews;Neues;bulk;nein\n", "utf-8-sig"
    )

    first = triage("labels", "import", file, "--add-topics")
    file.write_text("subject;body;topic\nRechnung;Bitte prüfen;billing\nNews;Neues;bulk\n", "utf-8-sig")
    second = triage("labels", "import", file)

    assert first.stdout == "2 given: 2 stored, 0 labelled, 0 known, 0 refused\n"
    assert second.stdout == "2 given: 0 stored, 1 labelled, 1 known, 0 refused\n"
    with database.reading() as session:
        assert inbox_page(session, InboxFilter()) == []
        rows = inbox_page(session, InboxFilter(state="handled"))
    assert {(row.email.subject, row.email.topic) for row in rows} == {("Rechnung", "billing"), ("News", "bulk")}
    assert triage("labels", "import", file).stdout == "2 given: 0 stored, 0 labelled, 2 known, 0 refused\n"


def test_mail_whose_label_is_refused_is_not_taken_in(triage, database):
    """Nothing is stored without what was said of it."""
    done = triage("labels", "import", "-", stdin='{"subject": "a", "body": "b", "topic": "Rechnung"}')

    assert (done.returncode, done.stdout) == (1, "1 given: 0 stored, 0 labelled, 0 known, 1 refused\n")
    with database.reading() as session:
        assert inbox_page(session, InboxFilter(state="handled")) == []


def test_import_labels_mail_that_an_import_before_stored_without_its_label(triage, database, redis):
    """As after a kill between the two: the mail is known, and the same import labels it."""
    line = '{"subject": "a", "body": "b", "topic": "order"}'
    triage("labels", "import", "-", stdin=line)
    with database.reading() as session:
        (row,) = inbox_page(session, InboxFilter(state="handled"))
    triage("label", row.email.id, "--undo")

    again = triage("labels", "import", "-", stdin=line)

    assert again.stdout == "1 given: 0 stored, 1 labelled, 0 known, 0 refused\n"


def test_export_is_known_here_and_labels_the_same_mail_elsewhere(triage, database, ids, run, tmp_path, redis):
    """An export adds nothing where it comes from, and elsewhere brings mail and labels, under whatever number."""
    triage("label", ids[1], "--topic", "order", "--action", "no")
    triage("label", ids[0], "--urgency", "high", "--author", "ben")
    file = tmp_path / "labels.jsonl"
    file.write_text(triage("labels", "export").stdout)
    triage("label", ids[0], "--urgency", "low")

    here = triage("labels", "import", file)
    other = {"TRIAGE_DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3", "TRIAGE_REDIS_URL": url_of(redis)}
    run("migrate", **other)
    elsewhere = [run("labels", "import", file, **other).stdout for _ in range(2)]
    exported = [json.loads(line) for line in run("labels", "export", **other).stdout.splitlines()]

    assert here.stdout == "2 given: 0 stored, 0 labelled, 2 known, 0 refused\n"
    assert said(database, ids[0]) == {"urgency": "low"}
    assert elsewhere[0] == "2 given: 2 stored, 0 labelled, 0 known, 0 refused\n"
    assert elsewhere[1] == "2 given: 0 stored, 0 labelled, 2 known, 0 refused\n"
    assert [(line["subject"], line["author"]) for line in exported] == [("mail 0", "ben"), ("mail 1", "anna")]


def test_export_is_what_training_takes(triage, ids):
    """Every line is an example; mails of one thread stay together."""
    triage("label", ids[0], "--topic", "order", "--sentiment", "negative", "--action", "no")

    (line,) = triage("labels", "export").stdout.splitlines()

    example = parse_example(line, "f:1")
    assert (example.subject, example.topic, example.sentiment, example.urgency) == ("mail 0", "order", "negative", None)
    assert example.action_required is False
    assert example.group


def test_list_shows_the_newest_first_and_json_all_of_it(triage, ids):
    """Over all mailboxes or of one."""
    triage("label", ids[0], "--topic", "order")
    triage("label", ids[1], "--topic", "bulk")

    shown = json.loads(triage("labels", "list", "--json", "--mailbox", "main").stdout)
    table = triage("labels", "list", "--limit", "1").stdout

    assert [(item["email_id"], item["topic"], item["author"]) for item in shown] == [
        (ids[1], "bulk", "anna"),
        (ids[0], "order", "anna"),
    ]
    assert "topic bulk" in table
    assert "topic order" not in table


def test_labels_call_a_worker_to_learn(triage, redis, ids):
    """Said and taken back; from files as well."""
    called = []
    for arguments, given in (
        (("label", ids[0], "--topic", "billing"), ""),
        (("label", ids[0], "--undo"), ""),
        (("labels", "import", "-"), json.dumps({"id": ids[1], "topic": "order"})),
    ):
        redis.flushall()
        assert triage(*arguments, stdin=given).returncode == 0
        called.append(redis.exists(LEARNING))

    assert called == [1, 1, 1]


def test_a_label_is_kept_while_redis_is_away(triage, database, ids, tmp_path):
    """Nobody is called, and the label counts."""
    done = triage("label", ids[0], "--topic", "billing", TRIAGE_REDIS_URL=f"unix://{tmp_path}/none.sock")

    assert done.returncode == 0
    assert said(database, ids[0]) == {"topic": "billing"}
