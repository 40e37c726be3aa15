"""`triage models` as a person uses it."""

import json
import shutil
from dataclasses import replace

import pytest

from tests.make import NOW
from triage.serving.manifest import CARD, DEFAULT_BUNDLE, manifest_in, write_manifest
from triage.storage import shadows
from triage.storage.mailboxes import ensure_mailbox, mailbox_id

SHIPPED = manifest_in(DEFAULT_BUNDLE)


@pytest.fixture
def models(run, data, database):
    """Run `triage models …` on an instance with a mailbox `main`; no Redis runs there."""
    with database.unit_of_work() as session:
        ensure_mailbox(session, "main", NOW)

    def runs(*arguments):
        return run("models", *arguments, "--data", data)

    return runs


@pytest.fixture
def bundle(tmp_path):
    """A bundle of the version `ours`."""
    folder = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "ours")
    write_manifest(folder, replace(SHIPPED, version="ours"))
    return folder


def test_install_activate_list_and_roll_back(models, bundle):
    """What is active stands first, with its figures, since when and by whom."""
    installed = models("install", bundle)
    activated = models("activate", "ours", "--author", "anna", "--reason", "it knows us")
    again = models("activate", "ours")
    listed = models("list").stdout.splitlines()
    rolled_back = models("rollback")
    empty = models("rollback")

    assert installed.stdout == "mailbox main has ours; `triage models activate ours` reads with it\n"
    assert activated.stdout == "mailbox main is now read with ours\n"
    assert again.stdout == "mailbox main is already read with ours\n"
    assert listed[0].split()[:2] == ["VERSION", "STATE"]
    assert listed[1].startswith("ours")
    assert "active" in listed[1]
    assert f"{SHIPPED.figures['model']['topic_macro_f1']:.3f}" in listed[1]
    assert "by anna: it knows us" in " ".join(listed)
    assert rolled_back.stdout == f"mailbox main is read with {SHIPPED.version} again\n"
    assert (empty.returncode, empty.stdout) == (1, "")
    assert empty.stderr.startswith("triage: mailbox main has no version to return to")


def test_the_card_of_a_version_is_printed(models, bundle):
    """Of one that was installed, and of the model we ship."""
    models("install", bundle)
    card = (bundle / CARD).read_text(encoding="utf-8")

    assert models("card", "ours").stdout.rstrip() == card.rstrip()
    assert models("card", "shipped").stdout.startswith(f"# Model card: {SHIPPED.version}")
    assert "main has no model v9" in models("card", "v9").stderr


def test_what_a_candidate_reads_otherwise_is_listed(models, bundle, database):
    """Head, change, how many, and a few to look at."""
    models("install", bundle)
    begun = models("shadow", "ours")
    with database.unit_of_work() as session:
        shadows.add_counts(
            session,
            mailbox_id(session, "main"),
            "ours",
            emails=1200,
            differing={"topic": {"other → billing": 31}},
            examples=[{"email_id": 41, "heads": {"topic": "other → billing"}}],
            most_examples=20,
        )
    listed = models("list")
    as_json = json.loads(models("list", "--json").stdout)
    stopped = models("shadow", "--stop"), models("shadow", "--stop")

    assert "ours reads new mail of main beside the active one" in begun.stdout
    assert "kept, shadow" in listed.stdout
    assert "ours beside the active one: 1,200 emails" in listed.stdout
    assert ["topic", "other", "→", "billing", "31", "41"] in [line.split() for line in listed.stdout.splitlines()]
    assert as_json["items"][1]["shadow"]["differing"] == {"topic": {"other → billing": 31}}
    assert [one.stdout for one in stopped] == [
        "it reads no more beside the active one\n",
        "none read beside the active one\n",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("activate", "nothing"), 1, "mailbox main has no model nothing"),
        (("list", "--mailbox", "nobody"), 1, "there is no mailbox nobody"),
        (("install", "/nowhere"), 1, "name a folder that training wrote"),
        (("shadow",), 2, "name a version, or say --stop"),
        (("shadow", "ours", "--stop"), 2, "name a version, or say --stop"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(models, arguments, code, words):
    """And nothing on standard output."""
    done = models(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
