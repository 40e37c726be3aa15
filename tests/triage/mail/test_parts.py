"""The tree of MIME parts."""

import pytest

from tests.triage.mail.make import message, multipart, part
from triage.errors import MalformedMessage
from triage.mail.bounds import MAX_DEPTH, MAX_HEADER_FIELDS, MAX_PARTS
from triage.mail.parts import part_tree


def test_parts_come_in_order():
    """The parts of a multipart are found in the order in which they stand."""
    tree = part_tree(multipart(part(Content_Type="text/plain"), part(Content_Type="image/png")))

    assert [leaf.media_type for leaf in tree.children] == ["text/plain", "image/png"]


def test_an_attached_message_stays_bytes():
    """The parser does not look into an attached message: its bytes are what was sent."""
    inner = "Subject: Inner\nContent-Type: multipart/mixed; boundary=z\n\n--z\n\nText\n--z--\n"
    (leaf,) = part_tree(multipart(part(inner, Content_Type="message/rfc822"))).children

    assert leaf.content() == inner.encode()


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ('filename="a b.pdf"', "a b.pdf"),
        ("filename=a b.pdf", "a b.pdf"),
        ("filename*=utf-8''K%C3%BCche.pdf", "Küche.pdf"),
        ("filename*=iso-8859-1'de'K%FCche.pdf", "Küche.pdf"),
        ("filename*0=long; filename*1=-name.pdf", "long-name.pdf"),
        (f"filename*{'9' * 5_000}=a", ""),
        ("filename*=a; filename*0*=b; filename*1=c", None),
    ],
)
def test_parameters_are_decoded(parameter, expected):
    """A parameter comes out decoded, and a riddle comes out as text of some kind instead of an error."""
    found = part_tree(message(Content_Disposition=f"attachment; {parameter}")).parameter(
        "Content-Disposition", "filename"
    )

    assert isinstance(found, str)
    assert expected is None or found == expected


@pytest.mark.parametrize(
    "raw",
    [
        multipart(*[part()] * (MAX_PARTS + 1)),
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(MAX_DEPTH + 1)),
        b"X: y\n" * (MAX_HEADER_FIELDS + 1) + b"\nHello.",
        multipart("X: y\n" * (MAX_HEADER_FIELDS + 1) + "\n"),
        message("\n" * 3_000_000),
    ],
    ids=["parts", "depth", "fields", "fields of a part", "lines"],
)
def test_more_than_is_read_is_refused(raw):
    """A message beyond a bound is refused with a sentence that names the bound."""
    with pytest.raises(MalformedMessage, match="the message has more than"):
        part_tree(raw)


def test_a_charset_with_a_zero_is_no_obstacle():
    """The library fails on such a charset when it is asked for a payload; the bytes are there all the same."""
    leaf = part_tree(message("Tür", Content_Type="text/plain; charset=a\0b"))

    assert leaf.children == []
    assert leaf.content() == "Tür".encode()
