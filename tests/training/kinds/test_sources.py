"""A model that is given away learns only from pictures whose licence allows it, and never from those that judge it."""

import csv

import pytest

from training.kinds.collection import pictures_held_out, pictures_of, pictures_to_learn_from
from training.kinds.sources import BY_NAME, JUDGED, LEARNED, PERMISSIVE, SOURCES, attribution, is_held_out

# The sources of the manifest whose licence allows it, and what it says there.
_MAY_SHIP = {
    "CC0-1.0 (trademarks remain)": "CC0-1.0",
    "MIT (TrashNet)": "MIT",
    "MIT (repository); ICDAR-2019 SROIE data": "MIT",
    "CC BY 4.0": "CC BY 4.0",
}


@pytest.mark.parametrize("source", LEARNED, ids=lambda source: source.name)
def test_what_is_learned_from_has_a_licence_that_allows_it(source):
    """Every source that training sees is in the allowed list, and named in the card."""
    assert source.licence in PERMISSIVE
    assert source.attribution in attribution()


@pytest.mark.parametrize("source", JUDGED, ids=lambda source: source.name)
def test_nothing_is_learned_from_what_judges(public_pictures, source):
    """Every picture of such a source is held out, and training is given none."""
    assert pictures_to_learn_from(source) == {}
    assert pictures_held_out(source) == pictures_of(source) != {}


def test_no_picture_is_learned_from_and_judged_by(public_pictures):
    """No bytes are on both sides, and the fifth by digest is on the one that judges."""
    learned = {data for source in SOURCES for data in pictures_to_learn_from(source).values()}
    judged = {data for source in SOURCES for data in pictures_held_out(source).values()}

    assert not learned & judged
    several = [source for source in LEARNED if len(pictures_of(source)) > 1]
    assert not any(is_held_out(data) for source in several for data in pictures_to_learn_from(source).values())


def test_what_another_archive_judges_by_is_not_learned_from(public_pictures):
    """A picture of TrashNet that is in the set of kinds too is left out, and so is the class that is of no kind."""
    names = pictures_to_learn_from(BY_NAME["trashnet"])

    assert names
    assert "glass/refuse0.png" not in names
    assert "paper/trashnet-paper.png" not in names


def test_the_manifest_agrees(shared_data, monkeypatch):
    """Of the real set, every file that training sees has a licence in the manifest that allows it."""
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(shared_data))
    with (shared_data / "images-attachment-kinds" / "manifest.csv").open(encoding="utf-8") as file:
        licences = {row["file"]: row["licence"] for row in csv.DictReader(file)}

    of_the_set = [source for source in LEARNED if source.archive.startswith("images-attachment-kinds")]
    for source in of_the_set:
        names = pictures_to_learn_from(source)
        assert names
        assert {_MAY_SHIP.get(licences[name]) for name in names} == {source.licence}
