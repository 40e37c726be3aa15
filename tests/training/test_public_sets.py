"""Public sets are read as their files say, and refused in one sentence where they cannot be."""

import gzip
import io
import json
import re
import tarfile

import pytest

from training.corpus import public
from training.corpus.public import PUBLIC_SETS, public_examples, raw_messages
from triage.errors import InvalidSubmission
from triage.labels import Language, Sentiment, Urgency

MESSAGE = b"From: a@example.org\r\nSubject: Hello\r\nContent-Type: text/plain\r\n\r\nHow are you?\r\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of public data."""
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(tmp_path))
    return tmp_path


def write(path, *rows):
    """Write rows as compressed JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def test_a_set_we_do_not_know_is_refused_with_those_we_do():
    """The sentence names every set."""
    with pytest.raises(InvalidSubmission, match=r"^there is no public set banking78; there are .*banking77"):
        public_examples("banking78")


@pytest.mark.parametrize("name", PUBLIC_SETS)
def test_a_set_that_is_not_here_is_refused_with_what_to_do(folder, name):
    """The sentence names the place, and the variable that moves it."""
    with pytest.raises(InvalidSubmission, match=rf"{name} is not at {folder}.*; set TRIAGE_PUBLIC_DATA"):
        public_examples(name)


def test_a_label_nobody_gave_is_none(folder):
    """A tweet with a feeling has no topic, and a feeling says nothing of haste."""
    row = {"id": "t1", "text": "So schön!", "sentiment": "positive", "language": "de"}
    write(folder / "sentiment-de-sb10k" / "tweets.jsonl.gz", row)

    (example,) = public_examples("sentiment-de-sb10k")

    assert (example.body, example.sentiment, example.language) == ("So schön!", Sentiment.POSITIVE, Language.GERMAN)
    assert (example.topic, example.urgency, example.action_required, example.domain) == (None, None, None, "")
    assert (example.id, example.group) == ("sentiment-de-sb10k-0", "t1")


def test_rows_of_another_set_in_the_same_file_are_left_out(folder):
    """Of two variants of tickets each is a set, and ids still count the rows of the file."""
    row = {"subject": "Hallo", "body": "…", "queue": "IT", "priority": "medium", "language": "de"}
    write(
        folder / "tickets-bueck-multilang" / "tickets.jsonl.gz",
        {**row, "variant": "german_normalized_50_5_2", "priority": "very_low"},
        {**row, "variant": "german_normalized"},
    )

    (few,), (many,) = public_examples("tickets-bueck-german"), public_examples("tickets-bueck-german-42")

    assert (few.id, few.topic, few.urgency) == ("tickets-bueck-german-1", "IT", Urgency.NORMAL)
    assert (many.id, many.urgency) == ("tickets-bueck-german-42-0", Urgency.LOW)


def test_raw_messages_are_parsed_as_intake_parses_them(folder):
    """Messages that the index does not name are left out."""
    write(folder / "spamassassin-raw" / "index.jsonl.gz", {"file": "ham-1/a.eml", "label": "ham"})
    with tarfile.open(folder / "spamassassin-raw" / "raw.tar.gz", "w:gz") as archive:
        for name in ("./ham-1/a.eml", "./ham-1/b.eml"):
            member = tarfile.TarInfo(name)
            member.size = len(MESSAGE)
            archive.addfile(member, io.BytesIO(MESSAGE))

    ((name, example),) = raw_messages()

    assert (name, example.id) == ("ham-1/a.eml", "spamassassin-raw/ham-1/a.eml")
    assert (example.subject, example.body.strip(), example.topic) == ("Hello", "How are you?", "ham")


@pytest.mark.parametrize("name", [name for name in PUBLIC_SETS if name != "spamassassin-raw"])
def test_every_set_is_read_whole(shared_data, monkeypatch, name):
    """Each row has a text, an id of its own, and a label; the archive of raw messages is read with the real mail."""
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(shared_data))

    examples = public_examples(name)

    assert len({example.id for example in examples}) == len(examples) >= 300
    assert all(example.subject or example.body for example in examples)
    labels = [(example.topic, example.sentiment, example.urgency, example.action_required) for example in examples]
    assert all(any(label is not None for label in of_example) for of_example in labels)


def test_the_table_names_every_set_and_what_may_be_given_away():
    """The licences are told at the top of the module, and the code says the same."""
    rows = re.findall(r"^    ([a-z0-9-]+) {2,}\S.*?(may ship)?$", public.__doc__, re.MULTILINE)

    told = {name: bool(ship) for name, ship in rows if name != "set"}

    assert told == {name: described.may_ship for name, described in PUBLIC_SETS.items()}
