"""Text that can be stored and shown."""

import pytest

from triage.mail.legible import legible_line, legible_text


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_every_line_end_is_a_line_feed(end):
    """However a line ends, it ends in a line feed."""
    assert legible_text(f"a{end}b") == "a\nb"


def test_what_no_database_takes_is_gone():
    """Zeros, escapes, halves of characters and invisible padding do not pass; tabs and letters do."""
    assert legible_text("a\0b\x1bc\ud800d\u200be\xadf\tgäß€👍") == "abcdef\tgäß€👍"


def test_a_line_is_one_line_and_reads_forward():
    """White space is one space, and nothing makes `exe.jpg` of `gpj.exe`."""
    assert legible_line(" a\r\n\tb \u202egpj.exe ") == "a b gpj.exe"
