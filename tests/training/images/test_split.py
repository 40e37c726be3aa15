"""What is held out depends on the images alone, and no copy stands on the other side."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from training.images.examples import ImageSet
from training.images.split import hold_out, near_identical
from triage.errors import InvalidSubmission


def images(each=20, classes=2, seed=0):
    """Return images of soft spots, with digests of their own."""
    draw = np.random.default_rng(seed)
    count = each * classes
    spots = draw.integers(0, 256, (count, 3, 3, 3), dtype=np.uint8)
    pixels = np.stack([np.asarray(Image.fromarray(one).resize((48, 48), Image.Resampling.BICUBIC)) for one in spots])
    digests = tuple(draw.bytes(32).hex() for _ in range(count))
    truth = np.arange(count) % classes
    return ImageSet(pixels, truth, tuple("abcdefgh"[:classes]), tuple(map(str, range(count))), digests)


def test_each_class_gives_its_share():
    """A share of every class is held out, the rest is learned from, and nothing is on both sides."""
    found = images(each=20)

    fold = hold_out(found, 0.15)

    assert np.bincount(found.truth[fold.test]).tolist() == [3, 3]
    assert sorted([*fold.train, *fold.test]) == list(range(len(found)))


def test_order_does_not_matter_and_a_new_image_moves_no_other():
    """The digests decide, so that the same images are held out when there are more."""
    found = images(each=40)
    shuffled = found.of(np.random.default_rng(1).permutation(len(found)))
    fewer = found.of(range(len(found) - 2))

    held = [{one.digests[place] for place in hold_out(one, 0.15).test} for one in (found, shuffled, fewer)]

    assert held[0] == held[1]
    assert len(held[0] & held[2]) >= len(held[0]) - 2


def test_an_image_of_another_size_or_compression_stands_beside_its_original(tmp_path):
    """Copies of one image are never on both sides."""
    found = images(each=12)
    draw = np.random.default_rng(5)
    twice = ImageSet(
        np.concatenate([found.pixels, np.stack([poorer(one) for one in found.pixels])]),
        np.tile(found.truth, 2),
        found.classes,
        (*found.names, *(f"copy of {name}" for name in found.names)),
        (*found.digests, *(draw.bytes(32).hex() for _ in found.names)),
    )

    group, fold = near_identical(twice.pixels), hold_out(twice, 0.25)

    assert group.tolist() == [*range(len(found)), *range(len(found))]
    assert {place % len(found) for place in fold.test}.isdisjoint({place % len(found) for place in fold.train})


def poorer(pixels):
    """Return an image as it is after it was made smaller, saved as JPEG and made larger again."""
    saved = io.BytesIO()
    Image.fromarray(pixels).resize((40, 40), Image.Resampling.BOX).save(saved, "JPEG", quality=80)
    return np.asarray(Image.open(saved).resize((48, 48), Image.Resampling.BILINEAR))


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (images(classes=1), "all images have the class a; give a folder"),
        (images(each=1), "class a has no two images that are not copies"),
        (replace(images(), pixels=np.zeros((40, 48, 48, 3), np.uint8)), "every image of class|no two images"),
    ],
)
def test_what_cannot_be_split_is_one_sentence(broken, sentence):
    """One class, one image of a class, and copies alone are named."""
    with pytest.raises(InvalidSubmission, match=sentence):
        hold_out(broken, 0.15)
