"""Mail in files: everything that is there is given once, and what cannot be read says so."""

import errno
import io
import json
import os
import threading
from pathlib import Path

import pytest

from tests.make import raw_message
from triage.errors import InvalidSubmission, MalformedMessage
from triage.files import NoSuchPath, json_mail, mail_files, mail_in, mail_in_stream, mbox
from triage.intake import APPLICATION_JSON, MESSAGE_RFC822, Submission

SEPARATOR = b"From jo@example.org Mon Mar  2 10:00:00 2026\n"
DAY_ONE, DAY_TWO = ({"subject": subject, "text": "The lift is stuck"} for subject in ("one", "two"))


@pytest.fixture
def maildir(tmp_path):
    """An empty Maildir."""
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def raws(items):
    """The bytes of what was found; a refusal fails the test."""
    found = [item.found for item in items]
    assert all(isinstance(one, Submission) for one in found), found
    return [one.raw for one in found]


def subjects(items):
    """The subjects of mail in JSON, `None` for a refusal; mail of another kind fails the test."""
    found = [item.found for item in items]
    assert all(one.media_type == APPLICATION_JSON for one in found if isinstance(one, Submission))
    return [json.loads(one.raw)["subject"] if isinstance(one, Submission) else None for one in found]


def lines(*documents):
    """The documents as JSON lines."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def forbid(monkeypatch, function, forbidden):
    """Let a function of the system refuse one path, as it does for whoever lacks the permission."""
    allowed = getattr(os, function)

    def refuse(path, *arguments, **options):
        if str(path) == str(forbidden):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return allowed(path, *arguments, **options)

    monkeypatch.setattr(os, function, refuse)


def test_unreadable_message_of_a_maildir_holds_back_no_other(maildir):
    """What cannot be opened is one refused item; the messages before and after it are read."""
    (maildir / "new" / "1").write_bytes(raw_message("first"))
    (maildir / "new" / "2").symlink_to("2")
    (maildir / "cur" / "3:2,S").write_bytes(raw_message("third"))

    first, refused, third = mail_in(maildir)

    assert raws([first, third]) == [raw_message("first"), raw_message("third")]
    assert isinstance(refused.found, MalformedMessage)
    assert refused.name.endswith("new/2")


def test_message_that_vanished_is_one_refused_item(maildir):
    """A message deleted after it was listed is refused, and the next one read."""
    for name in ("1", "2", "3"):
        (maildir / "new" / name).write_bytes(raw_message(name))

    items = mail_in(maildir)
    first = next(items)
    (maildir / "new" / "2").unlink()
    refused, third = items

    assert raws([first, third]) == [raw_message("1"), raw_message("3")]
    assert isinstance(refused.found, MalformedMessage)


def test_message_seen_meanwhile_is_read_once(maildir):
    """A message that moves from new to cur after it was listed is found there, and not given twice."""
    for name in ("1", "2"):
        (maildir / "new" / name).write_bytes(raw_message(name))

    items = mail_in(maildir)
    read = [next(items)]
    (maildir / "new" / "1").rename(maildir / "cur" / "1:2,S")
    (maildir / "new" / "2").rename(maildir / "cur" / "2:2,S")
    read += items

    assert raws(read) == [raw_message("1"), raw_message("2")]


def test_message_with_new_flags_is_read(maildir):
    """A message whose flags change after it was listed is found under its new name."""
    for name in ("1", "2"):
        (maildir / "cur" / f"{name}:2,").write_bytes(raw_message(name))

    items = mail_in(maildir)
    read = [next(items)]
    (maildir / "cur" / "2:2,").rename(maildir / "cur" / "2:2,RS")
    read += items

    assert raws(read) == [raw_message("1"), raw_message("2")]


def test_folder_without_permission_is_one_refused_item(tmp_path, monkeypatch):
    """A folder below that cannot be listed is refused, and the mail beside it read."""
    (tmp_path / "a.eml").write_bytes(raw_message("a"))
    (tmp_path / "closed").mkdir()
    forbid(monkeypatch, "scandir", tmp_path / "closed")
    forbid(monkeypatch, "listdir", tmp_path / "closed")

    mail, refused = (item for path in mail_files(tmp_path) for item in mail_in(path))

    assert raws([mail]) == [raw_message("a")]
    assert refused.name == str(tmp_path / "closed")
    assert isinstance(refused.found, MalformedMessage)


def test_path_that_may_not_be_looked_at_is_one_refused_item(tmp_path):
    """A path the system does not resolve is no traceback but a refusal that names it."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    (refused,) = (item for path in mail_files(loop / "a.eml") for item in mail_in(path))

    assert refused.name == str(loop / "a.eml")
    assert isinstance(refused.found, MalformedMessage)


def test_permission_denied_on_a_named_path_is_one_refused_item(tmp_path, monkeypatch):
    """A file whose folder is closed to us is refused."""
    closed = tmp_path / "closed.eml"
    stat, opened = Path.stat, Path.open

    def refuse(path, *arguments, otherwise, **options):
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return otherwise(path, *arguments, **options)

    monkeypatch.setattr(Path, "stat", lambda path, **options: refuse(path, otherwise=stat, **options))
    monkeypatch.setattr(Path, "open", lambda path, *arguments: refuse(path, *arguments, otherwise=opened))

    (refused,) = (item for path in mail_files(closed) for item in mail_in(path))

    assert isinstance(refused.found, MalformedMessage)
    assert "Permission denied" in str(refused.found)


def test_missing_path_is_named():
    """A path that does not exist is an error of its own."""
    with pytest.raises(NoSuchPath, match=r"nowhere\.eml does not exist"):
        mail_files(Path("nowhere.eml"))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_mbox_gives_each_message_without_separator(tmp_path, newline):
    """Messages come back byte for byte, whatever ends the lines, and the same from a file and from a stream."""
    messages = [raw_message(f"m{n}").replace(b"\r\n", newline) for n in range(3)]
    box = b"".join(SEPARATOR.replace(b"\n", newline) + message + newline for message in messages)
    (tmp_path / "box").write_bytes(box)

    assert raws(mail_in(tmp_path / "box")) == messages
    assert raws(mail_in_stream(io.BytesIO(box))) == messages


@pytest.mark.parametrize(
    "sentence",
    [
        "From Monday on nobody answers.",
        "From 10:30 the lift is out of order.\nPlease call.",
        "From Berlin we write to you in 2026\nagain",
        "Hello,\nFrom jo@example.org Mon Mar  2 10:00:00 2026",
    ],
)
def test_sentence_that_starts_with_from_splits_no_message(sentence):
    """A paragraph with From, a year or a time is text, and a separator needs a blank line before it."""
    messages = [raw_message("one", f"Hello,\n\n{sentence}\n\nJo"), raw_message("two")]

    found = raws(mail_in_stream(io.BytesIO(b"\n".join(SEPARATOR + message for message in messages))))

    assert found == messages


@pytest.mark.parametrize(
    "separator",
    [
        b"From - Mon Mar 02 10:00:00 2026\n",
        b"From 1234@xxx Mon Mar 02 10:00:00 +0000 2026\n",
        b"From MAILER-DAEMON Mon Mar  2 10:00:00 MET 2026\n",
        b"From jo@example.org Mon, 02 Mar 2026 10:00:00 +0100\n",
        b"From jo 2026-03-02 10:00\n",
    ],
)
def test_separators_of_many_programs_are_known(separator):
    """However a mail program writes the date, the messages are told apart."""
    messages = [raw_message("one"), raw_message("two")]

    assert raws(mail_in_stream(io.BytesIO(b"\n".join(separator + message for message in messages)))) == messages


def test_message_too_large_is_cut_and_the_next_is_read(monkeypatch):
    """Of a message over the bound one byte more than allowed is kept, so that intake refuses it."""
    monkeypatch.setattr(mbox, "MOST_BYTES", 1_000)
    large, small = raw_message("large", "x" * 200_000), raw_message("small")

    found = raws(mail_in_stream(io.BytesIO(SEPARATOR + large + b"\n" + SEPARATOR + small)))

    assert found == [large[:1_000], small]


def test_text_before_the_first_separator_is_a_message(tmp_path):
    """A single message with the name of an mbox is not lost."""
    (tmp_path / "one.mbox").write_bytes(raw_message("one"))

    assert raws(mail_in(tmp_path / "one.mbox")) == [raw_message("one")]


@pytest.mark.parametrize("first", [b"{}\n", b"{\n", b"\n  \n{}\n", b'\xef\xbb\xbf{"a":1}\n'])
def test_short_first_line_leaves_the_second_alone(first):
    """A refused first line, however short, costs only itself."""
    assert subjects(mail_in_stream(io.BytesIO(first + lines(DAY_TWO)))) == [None, "two"]


def test_line_too_long_is_refused_and_the_next_is_read(monkeypatch):
    """A line over the bound is passed over, and keeps its number."""
    monkeypatch.setattr(json_mail, "MOST_JSON_BYTES", 100)

    items = list(mail_in_stream(io.BytesIO(lines(DAY_ONE, {"text": "x" * 200_000}, DAY_TWO))))

    assert subjects(items) == ["one", None, "two"]
    assert [item.name for item in items] == ["-:1", "-:2", "-:3"]
    assert isinstance(items[1].found, InvalidSubmission)


@pytest.mark.parametrize(
    ("given", "media_type"), [(SEPARATOR + raw_message("one"), MESSAGE_RFC822), (lines(DAY_ONE), APPLICATION_JSON)]
)
def test_pipe_is_read_as_a_stream(tmp_path, given, media_type):
    """A named pipe, which can be read only once, gives its mail whole."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(given,), daemon=True)
    writer.start()

    (item,) = (item for path in mail_files(pipe) for item in mail_in(path))

    writer.join(timeout=10)
    assert item.found.media_type == media_type
    assert item.found.raw in (raw_message("one"), lines(DAY_ONE).strip().replace(b": ", b":").replace(b", ", b","))


@pytest.mark.parametrize("name", ["mail.json", "mail.txt"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(DAY_ONE, indent=2), ["one"]),
        ("\n " + json.dumps(DAY_ONE), ["one"]),
        (lines(DAY_ONE, DAY_TWO).decode(), ["one", "two"]),
        ('{"subject": 5}\n' + json.dumps(DAY_TWO), [None, "two"]),
        ('{"subject": ', [None]),
    ],
)
def test_json_in_a_named_file_is_never_a_message(tmp_path, name, text, expected):
    """One object over many lines, or an object per line: each is a mail in JSON or refused."""
    (tmp_path / name).write_text(text)

    assert subjects(mail_in(tmp_path / name)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps([DAY_ONE, 5, DAY_TWO], indent=2), ["one", None, "two"]),
        ("[{", [None]),
        ("Subject: a\n\nb", [None] * 2),
    ],
)
def test_json_file_holds_a_list_or_is_refused(tmp_path, text, expected):
    """In a list of mail each is judged for itself; what is no JSON is refused under this name."""
    (tmp_path / "mail.json").write_text(text)

    assert subjects(mail_in(tmp_path / "mail.json")) == expected


def test_stream_that_cannot_be_read_is_one_refused_item(tmp_path):
    """Standard input that is a folder is a refusal, no traceback."""

    class Folder(io.BytesIO):
        def readline(self, size=-1, /):
            raise IsADirectoryError(errno.EISDIR, "Is a directory")

    (refused,) = mail_in_stream(Folder())

    assert isinstance(refused.found, MalformedMessage)
