"""How commands are found in a page: none is passed over, and output that differs is noticed."""

import pytest

from tests.docs.commands import Command, commands_in
from tests.docs.fences import Fence
from tests.docs.test_commands import differences
from tests.docs.test_pages import unknown_in

SCRIPT = """\
triage up --data ~/triage      # stays
curl 'http://127.0.0.1:8025/v1/emails' \\
     -d '{"text": "a
b"}'

cat > note <<END
triage is no command here
END
KEY=$(triage keys list)
"""
SESSION = """\
$ triage inbox \\
>     --limit 2
ID  BAND  SUBJECT
 1  high  gas
$ triage doctor
"""


def test_a_script_is_cut_where_a_shell_begins():
    """At the end of a line, but for a quotation, a continued line and a text up to its mark."""
    found = commands_in(Fence("page.md", 10, "sh", SCRIPT))

    assert [(command.line, command.text.partition(" ")[0]) for command in found] == [
        (10, "triage"),
        (11, "curl"),
        (15, "cat"),
        (18, "KEY=$(triage"),
    ]
    assert found[0].plain == "triage up --data ~/triage"
    assert found[1].text.endswith("b\"}'")


def test_a_session_has_what_came_of_each_command():
    """Up to the next `$`."""
    first, second = commands_in(Fence("page.md", 1, "console", SESSION))

    assert (first.text, first.shown) == ("triage inbox \\\n    --limit 2", "ID  BAND  SUBJECT\n 1  high  gas")
    assert (second.text, second.shown) == ("triage doctor", "")


@pytest.mark.parametrize(
    ("shown", "came", "is_like"),
    [
        ("ID  BAND\n 1  high", "ID  BAND\n 7  low\n 8  low", True),
        ("ID  BAND\n 1  high", "ID  BAND  TOPIC\n 7  low   bulk", False),
        ("ID  BAND\n 1  high\n 2  low", "ID  BAND\n 7  low", False),
        ("gas\npriority  0.93", "gas\npriority  0.88, high", True),
        ("gas\npriority  0.93", "gas\nscore  0.93", False),
        ("gas", "", False),
        ("", "anything", True),
    ],
)
def test_output_is_like_what_is_shown_or_it_is_told(shown, came, is_like):
    """Columns by their names, other lines by their beginning."""
    assert (not list(differences(Command("page.md", 1, "triage inbox", shown), came))) is is_like


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("triage accounts test NAME", []),
        ("triage inbox --band critical | head", []),
        ("triage accounts tast NAME", ["there is no command tast"]),
        ("triage inbox --bond critical", ["there is no option --bond"]),
    ],
)
def test_a_command_that_is_not_there_is_noticed(text, wrong):
    """And an option too."""
    assert list(unknown_in(text)) == wrong
