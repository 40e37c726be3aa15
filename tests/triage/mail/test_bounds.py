"""How large a mail may be."""

import pytest

from triage.errors import MalformedMessage
from triage.mail.bounds import MAX_DEPTH, MAX_LOOKS_AT_LINES, MAX_PARTS, Budget


def test_ordinary_mail_is_within_bounds():
    """The largest mail of attachments that is accepted, six multiparts deep, does not exhaust the budget."""
    lines_of_50_megabytes = 50 * 2**20 // 77

    Budget(b"\n" * lines_of_50_megabytes).spend_part(depth=6)


@pytest.mark.parametrize(
    ("lines", "depth"), [(MAX_LOOKS_AT_LINES, 0), (MAX_LOOKS_AT_LINES // 20, 20), (1, MAX_DEPTH + 1)]
)
def test_lines_count_by_their_depth(lines, depth):
    """The deeper a message is nested, the fewer lines it may have."""
    with pytest.raises(MalformedMessage):
        Budget(b"\n" * lines).spend_part(depth=depth)


def test_parts_are_counted():
    """One part more than is read is refused."""
    budget = Budget(b"")
    for _ in range(MAX_PARTS - 1):
        budget.spend_part(depth=1)

    with pytest.raises(MalformedMessage, match="1,000 parts"):
        budget.spend_part(depth=1)
