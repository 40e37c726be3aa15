"""Bytes to pixels, in this very process. For bytes from strangers use `Decoder`, which does it in another one."""

import warnings
from io import BytesIO

# Imported by name, so that Pillow has no reason to import its other forty plug-ins when it meets a file it cannot read.
from PIL import (
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401 - what phones take is often several JPEG in one
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from triage.errors import InvalidImage
from triage.images.decoded import Decoded
from triage.images.faults import Fault
from triage.images.fit import Fit
from triage.images.formats import format_of
from triage.images.pixels import to_square
from triage.images.turning import swaps_sides, turn_of

MAX_PIXELS = 50_000_000
MAX_SIDE = 50_000


def decode_here(data: bytes, side: int, fit: Fit) -> Decoded:
    """Decode one image.

    A file that ends early is an error, even if most of its rows are there: half a picture may show something else.

    Raises:
        InvalidImage: It is none of ours, truncated, damaged, or larger than the bounds.
    """
    name = format_of(data)
    if name is None:
        raise InvalidImage(Fault.NO_IMAGE)
    try:
        with warnings.catch_warnings(), BytesIO(data) as file:
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _decoded(file, name, side, fit)
    except InvalidImage:
        raise
    except Exception as error:  # Pillow's plug-ins raise nearly anything over a damaged file
        raise InvalidImage(_fault(error)) from error


def _decoded(file: BytesIO, name: str, side: int, fit: Fit) -> Decoded:
    with Image.open(file, formats=(name,)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise InvalidImage(Fault.TOO_MANY_PIXELS)
        pixels = to_square(image, side, fit)
        # Now that it is loaded; TIFF has turned itself, and its header told the sides as they are shown.
        turned = swaps_sides(turn_of(image))
    return Decoded(pixels, name, height if turned else width, width if turned else height)


def _fault(error: Exception) -> Fault:
    if isinstance(error, MemoryError):
        return Fault.TOO_LARGE
    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return Fault.TOO_MANY_PIXELS
    if isinstance(error, EOFError) or "truncated" in str(error).lower():
        return Fault.TRUNCATED
    return Fault.CORRUPT
