"""Mail in JSON is as legible as mail in bytes, whatever its strings hold."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triage.mail.test_properties import assert_storable, texts_of
from triage.errors import InvalidSubmission, MalformedMessage
from triage.mail import message_from_json, read_document, read_json_mail

# What text may hold and neither a database nor a page takes.
TEXT = st.text(st.one_of(st.sampled_from("\0\ud800\udfff\u202e\x1b\r\n<>@,/\\ \"'"), st.characters()), max_size=60)
ADDRESS = st.one_of(TEXT, st.fixed_dictionaries({"name": TEXT, "address": TEXT}))
FILE = st.fixed_dictionaries({}, optional={"filename": TEXT, "content_type": TEXT, "content": st.just("aGVsbG8=")})
FIELDS = {
    **dict.fromkeys(("subject", "text", "html", "message_id", "in_reply_to"), TEXT),
    "from": ADDRESS,
    **dict.fromkeys(("to", "cc", "reply_to"), st.one_of(ADDRESS, st.lists(ADDRESS, max_size=3))),
    "references": st.lists(TEXT, max_size=3),
    "attachments": st.lists(FILE, max_size=3),
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=FIELDS))
@settings(max_examples=200, deadline=None)
def test_any_mail_in_json_gives_a_sound_message(document):
    """Every string of the message can be stored and shown, and a file's name holds no path."""
    try:
        found = message_from_json(read_json_mail(read_document(json.dumps(document))))
    except InvalidSubmission:
        return

    for text in texts_of(found):
        assert_storable(text)
    assert all(file.filename and "/" not in file.filename for file in found.attachments)
    assert not set(found.subject + found.sender.name + found.message_id) & set("\r\n\x1b\u202e")


@given(st.dictionaries(st.sampled_from([*FIELDS, "date", "received_at", "mailbox", "body"]), JSON))
@settings(max_examples=200, deadline=None)
def test_any_document_is_mail_or_refused(document):
    """A document of any types gives a message, or one of the two errors there are."""
    try:
        message_from_json(read_json_mail(read_document(json.dumps(document))))
    except (InvalidSubmission, MalformedMessage):
        return


def test_the_name_of_a_file_does_not_hide_what_it_is():
    """`invoice<RLO>gpj.exe` would read as `invoiceexe.jpg`, and a path leads out of the folder."""
    files = [
        {"filename": name, "content": ""} for name in ("invoice\u202egpj.exe", "../../etc/passwd", "a\nb.txt", "/")
    ]

    found = message_from_json(read_json_mail({"attachments": files}))

    assert [file.filename for file in found.attachments] == ["invoicegpj.exe", "passwd", "a b.txt", "attachment-3"]
