"""Sets of UIDs name what they shall, in lines that every server takes."""

import pytest

from triage.imap.uid_sets import uid_sets


@pytest.mark.parametrize(
    ("uids", "written"),
    [
        ([], []),
        ([7], ["7"]),
        ([1, 2, 3], ["1:3"]),
        ([1, 2, 4, 6, 7], ["1:2,4,6:7"]),
    ],
)
def test_runs_are_written_by_their_ends(uids, written):
    """Neighbours are named by the first and the last of them; a gap is not named along."""
    assert [text for text, _ in uid_sets(uids)] == written


def test_no_line_is_longer_than_servers_take():
    """A thousand UIDs of ten digits, all apart, go into several lines that together name each of them once."""
    uids = list(range(4_000_000_000, 4_000_002_000, 2))

    made = list(uid_sets(uids))

    assert all(len(text) <= 7_500 for text, _ in made)
    assert [int(uid) for text, _ in made for uid in text.split(",")] == uids
    assert [uid for _, named in made for uid in named] == uids
