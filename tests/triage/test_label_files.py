"""Labels in files: JSON lines and CSV, right and wrong."""

from io import BytesIO

import pytest

from triage.errors import InvalidSubmission
from triage.files import labels_in
from triage.labels import Sentiment, Urgency
from triage.ranking import Statement

LETTER = "b" * 64


def items(content):
    given = content if isinstance(content, bytes) else content.encode()
    return list(labels_in(BytesIO(given), "f"))


def said(content):
    return [item.found.statement for item in items(content)]


def refusals(content):
    return {item.name: str(item.found) for item in items(content) if isinstance(item.found, InvalidSubmission)}


@pytest.mark.parametrize(
    "content",
    [
        '{"id": 7, "topic": "Rechnung", "urgency": "high", "action_required": false}',
        "\ufeffid,topic,urgency,action_required\n7,Rechnung,high,no\n",
        "\n\nID;Topic;Urgency;Action_Required\r\n 7 ; Rechnung ;HIGH;Falsch\r\n\r\n",
        "id\ttopic\turgency\taction_required\textra\n7\tRechnung\thigh\tnein",
    ],
)
def test_json_and_csv_of_any_kind_say_the_same(content):
    """Commas, semicolons or tabs, a byte order mark, blank lines, words in English or German."""
    (item,) = items(content)

    assert item.found.statement == Statement("Rechnung", urgency=Urgency.HIGH, action_required=False)
    assert (item.found.email_id, item.found.mail) == (7, None)


def test_row_of_several_lines_is_named_by_its_first():
    """Texts in quotation marks may have line breaks, separators and quotation marks."""
    content = 'subject,body,topic\nA,"one\ntwo, ""three""\n",order\nB,x,bulk,too much\nC,x,other\n'

    first, second, third = items(content)

    assert (first.name, second.name, third.name) == ("f:2", "f:5", "f:6")
    assert first.found.mail.json_mail.text == 'one\ntwo, "three"\n'
    assert "more cells than the header" in str(second.found)
    assert third.found.statement == Statement("other")


def test_mail_is_the_same_whatever_is_said_of_it():
    """Another label, id or author makes no other mail; another text does."""
    base = '"subject": "a", "body": "b"'
    one, same, other = (
        item.found.mail.raw
        for item in items(
            f'{{{base}, "id": "x1", "topic": "order", "author": "anna"}}\n'
            f'{{"urgency": "low", "mailbox": "m", "language": "de", {base}}}\n'
            '{"subject": "a", "body": "c", "topic": "order"}'
        )
    )

    assert one == same != other


def test_mail_with_its_text_is_not_named_by_its_number():
    """A number names a mail of one installation alone, so a line that holds the mail is known by that."""
    by_text, by_digest, by_message_id, by_number = items(
        '{"id": 3, "subject": "a", "topic": "order"}\n'
        f'{{"id": 3, "digest": "{LETTER}", "topic": "order"}}\n'
        '{"id": 3, "message_id": " <a@b> ", "topic": "order"}\n'
        '{"id": "3", "topic": "order"}\n'
    )

    assert [one.found.email_id for one in (by_text, by_digest, by_message_id, by_number)] == [None, None, None, 3]
    assert (by_digest.found.digest.hex(), by_message_id.found.message_id) == (LETTER, "<a@b>")


def test_labels_that_are_missing_are_not_said():
    """Null and empty say nothing, in a cell as in JSON."""
    line = '{"id": 1, "topic": "", "sentiment": "negative", "urgency": null}\n'

    assert said(line) == [Statement(sentiment=Sentiment.NEGATIVE)]
    assert said("id,topic,sentiment,urgency\n1, ,negative,\n") == [Statement(sentiment=Sentiment.NEGATIVE)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{broken", "not an object of JSON"),
        ("{" * 100_000, "not an object of JSON"),
        ('{"id": 1}', "no label; give one of topic"),
        ('{"id": 1, "topic": ""}', "no label"),
        ('{"topic": "order"}', "no mail; give the id"),
        ('{"id": "a1", "topic": "order"}', "no mail; give the id"),
        ('{"id": 0, "topic": "order"}', "no mail"),
        ('{"id": true, "topic": "order"}', "no mail"),
        (f'{{"id": {2**63}, "topic": "order"}}', "no mail"),
        (f'{{"id": "{"9" * 5000}", "topic": "order"}}', "no mail"),
        ('{"id": 1, "topic": 5}', "topic is not valid"),
        ('{"id": 1, "topic": "a\\u0000"}', "topic is not valid: the name of a topic"),
        ('{"id": 1, "topic": "\\ud800"}', "topic is not valid"),
        ('{"id": 1, "urgency": "bald"}', "urgency is not valid"),
        ('{"id": 1, "sentiment": ["negative"]}', "sentiment is not valid"),
        ('{"id": 1, "action_required": "yes"}', "action_required is not valid"),
        ('{"digest": "abc", "topic": "order"}', "digest is not valid"),
        ('{"id": 1, "topic": "order", "said_at": "yesterday"}', "said_at is not valid"),
        ('{"id": 1, "topic": "order", "author": "a\\nb"}', "author is not valid"),
        ('{"subject": 5, "topic": "order"}', "subject is not valid"),
        ('{"subject": " ", "topic": "order"}', "the mail is empty"),
    ],
)
def test_wrong_line_is_refused_with_its_number_and_harms_no_other(line, words):
    """The reason names the field and quotes nothing."""
    content = f'{{"id": 1, "topic": "order"}}\n\n{line}\n{{"id": 2, "topic": "bulk"}}\n'

    told = refusals(content)

    assert list(told) == ["f:3"]
    assert words in told["f:3"]
    assert len(items(content)) == 3


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "f:1", "neither objects of JSON nor a header"),
        (b"\n \n", "f:1", "neither"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "f:1", "not UTF-8"),
        (b"PK\x03\x04 a spreadsheet", "f:1", "neither"),
        (b"[1, 2]", "f:1", "neither"),
        (b"From: a@b\nSubject: x\n", "f:1", "neither"),
        (b"topic,urgency\norder,high\n", "f:1", "neither"),
        (b"id,subject\n1,a\n", "f:1", "neither"),
        (b"id,topic\r1,order\r", "f:1", "carriage returns"),
        (b"id,topic\n1,order\n2,K\xfcndigung\n", "f:3", "not UTF-8 from here on"),
    ],
)
def test_wrong_file_is_refused_once(content, name, words):
    """What is no file of labels, or stops being one, says so in one line."""
    told = refusals(content)

    assert list(told) == [name]
    assert words in told[name]
