"""What a part holds."""

import pytest

from tests.triage.mail.make import message
from triage.mail.content import content_of, text_of, unflowed
from triage.mail.parts import part_tree


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", "aGVsbG8=", b"hello"),
        ("BASE64", "aGVs\nbG8", b"hello"),
        ('"base64"; junk', "aGVs*bG8=", b"hello"),
        ("quoted-printable", "a=3Db=\nc", b"a=bc"),
        ("x-uuencode", "begin 644 x\n%:&5L;&\\\n`\nend\n", b"hello"),
        ("8bit", "hello", b"hello"),
        ("unheard-of", "hello", b"hello"),
        ("base64", "A", b"A"),
    ],
)
def test_transfer_encodings_are_undone(encoding, body, content):
    """Content comes out decoded; what is broken beyond repair comes out as it stands."""
    assert content_of(part_tree(message(body, Content_Transfer_Encoding=encoding))) == content


def test_bytes_beyond_ascii_survive():
    """Eight-bit content is the same bytes again."""
    raw = message("Tür".encode("cp1252"), Content_Transfer_Encoding="8bit")

    assert content_of(part_tree(raw)) == "Tür".encode("cp1252")


def test_text_that_only_claims_to_be_base64_is_text():
    """A gateway that names base64 and sends plain text does not make the text unreadable."""
    raw = message("Pump 3 has stopped, please come!", Content_Transfer_Encoding="base64")

    assert text_of(part_tree(raw)) == "Pump 3 has stopped, please come!"


def test_flowed_lines_are_joined():
    """Lines that a mailer broke are one line again, quotes by their depth, and a signature mark is no broken line."""
    flowed = "one \ntwo\n>a \n>b\n>> c \n> d\n-- \nme"

    assert unflowed(flowed, drop_space=False) == "one two\n> a b\n>> c \n> d\n-- \nme"


def test_the_space_of_flowed_text_may_belong_to_the_break():
    """With `delsp=yes` the space before a break is part of the break."""
    assert unflowed("Donaudampf \nschiff", drop_space=True) == "Donaudampfschiff"
