"""Claims about the tool that writes the sample mail."""

import json
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path

import pytest

import triage.demo
from training.sample_mail.__main__ import main
from training.sample_mail.documents import archive, pdf, winmail
from training.sample_mail.headers import text_field
from training.sample_mail.plan import LETTERS, read_plan
from training.sample_mail.wrapping import flowed

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "training/corpus/triage"
COMMITTED = Path(triage.demo.__file__).parent / "mail"


def test_the_committed_mail_is_what_the_tool_writes(tmp_path):
    """Running the tool again gives every file and the index byte for byte."""
    main(["--output", str(tmp_path)])

    assert _files(tmp_path) == _files(COMMITTED)


def test_another_seed_writes_the_same_letters_otherwise(tmp_path):
    """The seed changes clients and times; which letters there are, and their labels, is the plan's."""
    main(["--output", str(tmp_path), "--seed", "2"])

    ours, others = _files(COMMITTED), _files(tmp_path)
    assert ours.keys() == others.keys()
    assert ours["index.jsonl"] == others["index.jsonl"]
    assert sum(ours[name] == others[name] for name in ours) == 1


def test_files_of_an_earlier_plan_are_removed(tmp_path):
    """A letter that was taken off the plan does not stay behind, and other files do."""
    (tmp_path / "0007-off-the-plan.eml").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")

    main(["--output", str(tmp_path)])

    assert not (tmp_path / "0007-off-the-plan.eml").exists()
    assert (tmp_path / "notes.txt").exists()


def test_labels_are_those_of_the_rows():
    """The index repeats the labels of the rows that it names, be they of the corpus or of the sample's own."""
    rows = {row["id"]: row for file in (*CORPUS.glob("*.jsonl"), LETTERS) for row in _lines(file)}

    for entry in _lines(COMMITTED / "index.jsonl"):
        row = rows[entry["row"]]
        assert all(entry[label] == row[label] for label in entry if label not in {"file", "row"})


def test_letters_say_what_the_corpus_says():
    """Each message shows the text of its row as edited for this house, whatever its charset and encoding."""
    for letter in read_plan(CORPUS):
        raw = (COMMITTED / f"{letter.number:04d}-{letter.slug}.eml").read_bytes()
        message = message_from_bytes(raw, policy=policy.default)
        texts = [part for part in message.walk() if part.get_content_type() in {"text/plain", "text/html"}]
        shown = _words(texts[0].get_content())
        assert _words(letter.body) in shown, letter.slug


def test_an_unknown_row_is_named(tmp_path):
    """A plan that asks for a row the corpus lacks says which line and which row."""
    plan = tmp_path / "plan.jsonl"
    plan.write_text('{"row": "nowhere-en-0001", "slug": "a", "sender": "A B"}\n')

    with pytest.raises(ValueError, match=r"line 1: .* nowhere-en-0001"):
        read_plan(CORPUS, plan)


def test_an_edit_that_changes_nothing_is_refused(tmp_path):
    """An edit of words that the row does not have would be forgotten silently."""
    plan = tmp_path / "plan.jsonl"
    plan.write_text('{"row": "contrast-en-0041", "slug": "a", "sender": "A B", "edits": [["no such words", "x"]]}\n')

    with pytest.raises(ValueError, match="line 1: an edit finds nothing"):
        read_plan(CORPUS, plan)


@pytest.mark.parametrize("word", ["q", "b"])
def test_encoded_words_are_short_and_decode(word):
    """A long German subject is folded into words of at most 75 characters and reads the same."""
    subject = "Rückfrage: Übergabestation Straße „Am alten Wasserwerk“, Größe und Anschlußwert in Häusern"

    field = text_field(subject, charset="iso-8859-1", word=word, name="Subject")

    assert max(map(len, field.split("\r\n "))) <= 75
    assert str(make_header(decode_header(field))) == subject


def test_flowed_text_can_be_joined_again():
    """Joining soft breaks (RFC 3676 section 4.1) gives back every paragraph, quotations by depth."""
    text = "\n".join([f"{'word ' * 40}end", "", "> " + "quoted " * 30 + "end", "From here", "-- ", "Name"])

    assert _joined(flowed(text)) == text
    assert max(map(len, flowed(text).split("\n"))) <= 78


def test_a_pdf_finds_its_objects():
    """The cross-reference table points to where the objects begin."""
    file = pdf(["Größe (klein)"])

    table = file[int(re.search(rb"startxref\n(\d+)", file)[1]) :]
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n", table)]

    assert [file[offset:].split(b" ")[0] for offset in offsets] == [b"1", b"2", b"3", b"4", b"5"]


def test_archives_hold_no_time_of_their_making():
    """The same files give the same archive on every day."""
    assert archive({"a.txt": b"a"}) == archive({"a.txt": b"a"})
    assert b"\x00\x00\x21\x00" in archive({"a.txt": b"a"})  # midnight of 1980-01-01 as zip writes it


def test_winmail_sums_up():
    """Each attribute's checksum is the sum of its bytes, and the file is the last attribute."""
    stream = winmail("Einheiten.txt", b"Garage 24")

    attributes, rest = [], stream[6:]
    while rest:
        size = int.from_bytes(rest[5:9], "little")
        data, checksum, rest = rest[9 : 9 + size], rest[9 + size : 11 + size], rest[11 + size :]
        assert sum(data) & 0xFFFF == int.from_bytes(checksum, "little")
        attributes.append(data)
    assert attributes[-1] == b"Garage 24"


def _files(folder: Path) -> dict[str, bytes]:
    files = [*folder.glob("*.eml"), folder / "index.jsonl"]
    return {file.name: file.read_bytes() for file in files}


def _lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.open(encoding="utf-8")]


def _words(text: str) -> str:
    visible = re.sub(r"<[^>]*>", " ", text) if "</" in text else text
    entities = visible.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ")
    return " ".join(re.findall(r"\w+", entities))


def _joined(text: str) -> str:
    paragraphs, is_open = [], False
    for line in text.split("\n"):
        marks, words = re.match(r"(>*) ?(.*)", line).groups()
        if is_open:
            paragraphs[-1] += words
        else:
            paragraphs.append(f"{marks} {words}".lstrip(" "))
        is_open = line.endswith(" ") and words != "-- "
    return "\n".join(paragraphs)
