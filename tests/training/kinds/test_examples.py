"""What the recogniser learns from is the same for the same seed, balanced, and only from where it may be."""

from collections import Counter

import numpy as np
import pytest

from training.kinds.documents import document
from training.kinds.examples import KINDS, Examples
from training.kinds.logos import logo
from training.kinds.receipts import receipt
from training.kinds.render import main
from training.kinds.screens import screenshot
from training.kinds.sources import JUDGED, RENDERED
from training.kinds.studio import Studio
from triage.errors import InvalidSubmission


@pytest.mark.parametrize("draw", [document, receipt, screenshot, logo])
def test_a_seed_makes_one_picture(draw):
    """The same seed draws the same picture, another seed another one."""
    first, again, other = (draw(Studio(*seeds)) for seeds in ((3, 1), (3, 1), (3, 2)))

    assert first.mode == "RGB"
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("draw", [document, receipt, screenshot, logo])
def test_many_seeds_draw_without_failing(draw):
    """A dozen seeds give a dozen pictures with something in them, on a machine with or without fonts."""
    pictures = [draw(Studio(5, seed)) for seed in range(12)]

    assert all(picture.width >= 1 and picture.height >= 1 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) > 9


def test_kinds_are_balanced_and_real_ones_are_among_them(public_pictures):
    """Every fifth example is of a kind; of three kinds some are real and some rendered, photos are all real."""
    examples = [Examples(1)[number] for number in range(60)]

    assert Counter(example.kind for example in examples) == dict.fromkeys(KINDS, 12)
    sources = {kind: {example.source for example in examples if example.kind == kind} for kind in KINDS}
    assert all({RENDERED} < sources[kind] for kind in ("screenshot", "receipt", "logo"))
    assert sources["document"] == {RENDERED}
    assert RENDERED not in sources["photo"]
    assert not {example.source for example in examples} & {source.name for source in JUDGED}


def test_an_example_is_told_by_its_number(public_pictures):
    """An example is the same whichever were made before it, so that processes may share the work."""
    late = Examples(1)
    for number in range(7):
        _ = late[number]

    assert np.array_equal(late.square(7, 64, "pad"), Examples(1).square(7, 64, "pad"))


def test_a_source_can_be_left_out(public_pictures):
    """Receipts without the real ones are all rendered; a name of no source is refused."""
    examples = Examples(1, without=["sroie"])

    assert {examples[number].source for number in range(2, 40, 5)} == {RENDERED}
    with pytest.raises(InvalidSubmission, match=r"^there is no source sroi; there are logos, "):
        Examples(1, without=["sroi"])


def test_the_file_has_what_training_reads(public_pictures, tmp_path):
    """Squares, numbers of kinds and their names, and where each is from, however many processes made them."""
    files = [tmp_path / name for name in ("one.npz", "two.npz")]
    for processes, file in enumerate(files, start=1):
        main(["--count", "20", "--side", "32", "--output", str(file), "--processes", str(processes)])

    one, two = (np.load(file) for file in files)
    assert one["x"].shape == (20, 32, 32, 3)
    assert one["x"].dtype == np.uint8
    assert one["class_names"].tolist() == [str(kind) for kind in KINDS]
    assert np.bincount(one["y"]).tolist() == [4] * 5
    assert len(one["source"]) == 20
    assert all(np.array_equal(one[name], two[name]) for name in one.files)
