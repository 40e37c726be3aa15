"""What can be wrong with an image; the same cause always has the same sentence."""

from enum import StrEnum


class Fault(StrEnum):
    """Why an image gives no pixels."""

    NO_IMAGE = "the file is no image that we read; JPEG, PNG, GIF, WebP, BMP and TIFF are"
    TRUNCATED = "the image is cut off before its end; send it again"
    CORRUPT = "the image is damaged, or is not what its header says; save it anew"
    TOO_MANY_PIXELS = "the image has more pixels than we decode (50 million, 50,000 to a side); make it smaller"
    TOO_SLOW = "the image takes longer to decode than it may; save it anew"
    TOO_LARGE = "the image takes more memory to decode than it may; make it smaller"
    STOPPED = "the image stops the program that decodes it; save it anew"
