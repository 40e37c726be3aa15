"""A recogniser is judged by sources it never saw, and by each of them alone."""

import numpy as np
import pytest

from tests.training.kinds.conftest import COUNT
from training.kinds.judge import judge
from training.kinds.judgement import KINDS, contact_sheet, table, told
from triage.errors import InvalidSubmission


def always(kind):
    """Return a recogniser that knows one answer."""
    answer = np.eye(len(KINDS))[KINDS.index(kind)]
    return lambda squares: np.tile(answer, (len(squares), 1))


def test_every_source_is_told_by_itself(public_pictures):
    """Who calls all photos is right on flowers and wrong on scans, whatever the mean says."""
    found = told(judge(always("photo"), 16, "pad"))

    assert found["flowers"].accuracy == 1.0
    assert found["tobacco"].accuracy == 0.0
    assert found["never seen"].images == 4 * COUNT
    assert found["never seen"].accuracy == pytest.approx(1 / 4)
    # Photos have precision 1/4 and recall 1; screenshots and documents are never said.
    assert found["never seen"].macro_f1 == pytest.approx(0.4 / 3)
    assert found["all"].images == found["never seen"].images + found["random split"].images


def test_a_source_that_was_left_out_is_judged_whole(public_pictures):
    """All receipts count as never seen when the recogniser was kept from them, and a fifth of them otherwise."""
    some = told(judge(always("receipt"), 16, "pad"))
    whole = told(judge(always("receipt"), 16, "pad", unseen=["sroie"]), unseen=["sroie"])

    assert some["sroie"].images < whole["sroie"].images == COUNT
    assert whole["never seen"].images == 5 * COUNT


def test_columns_in_another_order_are_read_by_name(public_pictures):
    """A recogniser may answer its kinds in any order; one that lacks a kind is refused."""
    photo_first = tuple(reversed(KINDS))
    answer = np.eye(len(KINDS))[photo_first.index("photo")]

    judged = judge(lambda squares: np.tile(answer, (len(squares), 1)), 16, "pad", photo_first)

    assert told(judged)["flowers"].accuracy == 1.0
    with pytest.raises(InvalidSubmission, match=r"^the recogniser tells photo, logo; judge one that tells screenshot"):
        judge(always("photo"), 16, "pad", ("photo", "logo"))


def test_what_is_printed_has_sources_and_mistakes(public_pictures):
    """The table has a line for every source and the confusion; the sheet has a place for every mistake."""
    judged = judge(always("photo"), 16, "pad")

    text = table(told(judged))
    sheet = contact_sheet(judged, columns=10)

    assert all(name in text for name in ("tobacco", "never seen", "random split", "screenshot"))
    wrong = int((judged.truth != judged.predicted).sum())
    assert sheet.size == (160, -(-wrong // 10) * 16)


def test_no_pictures_is_an_error_that_says_where_they_belong(tmp_path, monkeypatch):
    """Without the sets only what packages ship is left, and none of that is held out."""
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(tmp_path))

    with pytest.raises(InvalidSubmission, match=r"^there are no pictures to judge by; put images-attachment-kinds"):
        judge(always("photo"), 16, "pad")
