"""The way up: cameras store what their sensor saw, and note beside it how it is to be turned.

Source:
    CIPA DC-008 (EXIF 2.32), tag 0x0112.
"""

from PIL import Image

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """Return how a loaded image is to be turned; `None` where it stands upright, or says nothing that can be read."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - what stands in the notes must not keep anybody from seeing the picture
        return None


def swaps_sides(turn: Image.Transpose | None) -> bool:
    """Say whether width and height change places."""
    return turn in {_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8]}
