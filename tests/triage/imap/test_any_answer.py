"""Whatever a server answers to FETCH or LIST is understood, or is one of our errors."""

from hypothesis import given, settings
from hypothesis import strategies as st
from imapclient.response_parser import parse_fetch_response, parse_response

from triage.errors import TriageError
from triage.imap.client import _decoded
from triage.imap.remote import moment
from triage.imap.translation import translated

PIECES = (
    *(
        b"1 (",
        b"UID 1",
        b" ",
        b"(",
        b")",
        b"NIL",
        b'"',
        b"\\",
        b"{3}",
        b"[",
        b"]",
        b"<0>",
        b"\xff",
        b"\0",
        b"99999999999",
    ),
    *(b"BODY[] ", b"RFC822.SIZE ", b"FLAGS (\\Seen)", b"MODSEQ (1)", b"ENVELOPE (", b"BODYSTRUCTURE (", b"-1", b"7"),
    *(b'INTERNALDATE "01-Jan-2026 00:00:00 +0000"', b'INTERNALDATE "99-Foo-9999 99:99:99 +9999"', b"INTERNALDATE "),
    b'INTERNALDATE "31-Dec-9999 23:59:59 -9959"',
)
LINE = st.lists(st.sampled_from(PIECES), max_size=10).map(lambda pieces: b"1 (UID 1 " + b"".join(pieces))
ANSWER = st.lists(st.one_of(LINE, LINE.map(lambda line: (line, b"abc")), st.binary(max_size=30)), max_size=4)


@given(ANSWER)
@settings(max_examples=300, deadline=None)
def test_any_answer_is_understood_or_refused(answer):
    """Found here: a name that is a number, nothing or a list, a date that is a number, and lists without end."""
    try:
        with translated("mail.example.org"):
            told = dict(parse_fetch_response(answer, normalise_times=False))
    except TriageError:
        return

    for data in told.values():
        when = data.get(b"INTERNALDATE")
        assert when is None or moment(when) is None or moment(when).tzinfo


@given(ANSWER)
@settings(max_examples=100, deadline=None)
def test_any_list_is_understood_or_refused(answer):
    """The same holds for what is no FETCH."""
    try:
        with translated("mail.example.org"):
            parse_response(answer)
    except TriageError:
        return


@given(st.binary(max_size=40))
def test_any_name_of_a_folder_is_one_we_could_open_or_none(name):
    """A name that is no modified UTF-7 is left out."""
    found = _decoded(name)

    assert found is None or isinstance(found, str)
