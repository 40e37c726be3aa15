"""Whatever an image is stored as, the square made of it shows what a person would see."""

import numpy as np
import pytest
from PIL import Image

from tests.hostile_images import picture, saved, sound, turned
from triage.images.decoding import decode_here
from triage.images.pixels import to_square

SIDE = 64
SAME = [
    "baseline.jpg", "progressive.jpg", "cmyk.jpg", "true-colour.png", "lossy.webp", "animated.webp", "animated.gif",
    "plain.gif", "true-colour.bmp", "palette.bmp", "raw.tiff", "lzw.tiff", "jpeg.tiff", "pages.tiff",
]  # fmt: skip


def squared(data, fit="pad"):
    return decode_here(data, SIDE, fit).pixels


def distance(one, other):
    return np.abs(one.astype(int) - other.astype(int)).mean()


@pytest.mark.parametrize("name", SAME)
def test_every_format_shows_the_same(name):
    """A picture gives nearly the same square from every format, of an animation or several pages the first."""
    assert distance(squared(sound()[name]), to_square(picture(), SIDE, "pad")) < 16


@pytest.mark.parametrize("name", ["grey.jpg", "sixteen-bit.png", "float.tiff"])
def test_grey_is_grey_however_deep(name):
    """Eight, sixteen or thirty-two bits of grey show the same."""
    assert distance(squared(sound()[name]), to_square(picture(mode="L"), SIDE, "pad")) < 6


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_an_image_is_turned_as_it_says(name, orientation):
    """An image stored on its side or mirrored, with a note of it, shows as the upright one."""
    stored_as = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture() if orientation == 1 else picture().transpose(stored_as[orientation])

    decoded = decode_here(turned(stored, orientation, name), SIDE, "pad")

    assert (decoded.width, decoded.height) == (120, 80)
    assert distance(decoded.pixels, to_square(picture(), SIDE, "pad")) < 6


def test_what_is_transparent_shows_white():
    """Transparent pixels are white whatever colour lies under them, by alpha, palette or a single colour."""
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    palette = Image.new("P", (20, 20), 3)
    palette.putpalette([255, 0, 0] * 8)
    red = Image.new("RGB", (20, 20), (255, 0, 0))

    for data in (
        saved(clear, "PNG"),
        saved(clear, "WEBP", lossless=True, exact=True),
        saved(palette, "PNG", transparency=3),
        saved(palette, "GIF", transparency=3),
        saved(red, "PNG", transparency=(255, 0, 0)),
        saved(clear.convert("LA"), "PNG"),
    ):
        assert (squared(data) == 255).all()


def test_half_transparent_is_mixed_with_white():
    """Red at half strength is pink."""
    assert np.allclose(squared(saved(Image.new("RGBA", (9, 9), (255, 0, 0, 128)), "PNG")), [255, 127, 127], atol=1)


def test_padding_keeps_the_shape_and_stretching_fills():
    """A flat image keeps its shape between two bars of the mean colour of its border, or fills the square."""
    image = Image.new("RGB", (100, 50), (200, 100, 0))
    image.paste((0, 0, 255), (25, 13, 75, 38))

    padded, stretched = to_square(image, 64, "pad"), to_square(image, 64, "stretch")

    assert (padded[:16] == [200, 100, 0]).all()
    assert (padded[32, 32] == [0, 0, 255]).all()
    assert (stretched[16 + 2 : 48 - 2, 16 + 2 : 48 - 2] == [0, 0, 255]).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 5_000), (5_000, 1), (3, 2), (64, 64), (63, 65)])
@pytest.mark.parametrize("fit", ["pad", "stretch"])
def test_any_size_gives_a_square(size, fit):
    """One pixel, a ribbon, or a square already: the answer has the shape that was asked for, and the one colour."""
    pixels = to_square(Image.new("RGB", size, (7, 8, 9)), SIDE, fit)

    assert pixels.shape == (SIDE, SIDE, 3)
    assert pixels.dtype == np.uint8
    assert (pixels == [7, 8, 9]).all()


def test_shrinking_averages_the_area():
    """A board of black and white pixels becomes grey, and not one of the two."""
    board = Image.fromarray(np.indices((640, 640)).sum(axis=0).astype(np.uint8) % 2 * 255)

    assert np.allclose(to_square(board, SIDE, "pad"), 127.5, atol=1)


def test_a_large_jpeg_is_decoded_no_larger_than_needed():
    """Decoding a reduced JPEG gives the square that decoding all of it gives, all but a shade."""
    large = picture(1_600, 1_200)
    data = saved(large, "JPEG", quality=95)

    assert distance(squared(data), to_square(large, SIDE, "pad")) < 4
