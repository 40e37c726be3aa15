"""Where reading a folder goes on."""

import pytest

from triage.imap.cursor import FolderCursor, start

CURSOR = FolderCursor(folder_id=1, name="INBOX", uidvalidity=7, first_uid=1, last_uid=20)


@pytest.mark.parametrize(("uid", "last_uid"), [(21, 21), (20, 20), (3, 20)])
def test_cursor_moves_on_and_never_back(uid, last_uid):
    """A UID that is lower than one that is known changes nothing."""
    assert CURSOR.moved_to(uid).last_uid == last_uid
    assert CURSOR.moved_to(uid).first_uid == CURSOR.first_uid


@pytest.mark.parametrize(
    ("is_everything_wanted", "next_uid", "began"), [(True, 50, (1, 0)), (False, 50, (50, 49)), (False, 1, (1, 0))]
)
def test_folder_begins_with_all_or_with_the_next(is_everything_wanted, next_uid, began):
    """Who wants everything begins at the first message, who wants what comes begins after the last."""
    assert start(is_everything_wanted=is_everything_wanted, next_uid=next_uid) == began
