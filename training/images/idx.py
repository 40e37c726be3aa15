"""IDX files, the form in which MNIST and its kin are given out, plain or compressed.

Source:
    LeCun, "The MNIST database of handwritten digits": a magic number of two zeros, a type and the number of dimensions,
    then the dimensions as big-endian 32-bit numbers, then the values.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np

from training.images.arrays import Arrays, arrays_of
from triage.errors import InvalidSubmission

_BYTES = 0x08  # the type of all files that we know
_PARTS = {"train": ("train",), "test": ("t10k", "test")}


def idx_files(folder: Path, part: str) -> list[Path]:
    """Return the files of images in a folder: those of the part if they name it, else all that there are."""
    found = sorted(path for path in folder.glob("*idx3*") if "images" in path.name) if folder.is_dir() else []
    return [path for path in found if path.name.startswith(_PARTS[part])] or found


def idx_arrays(path: Path, part: str) -> Arrays:
    """Read a file of images, or the first of a folder, with the labels beside it.

    Raises:
        InvalidSubmission: A file is not in this form, is cut short, or has no labels beside it.
    """
    images = idx_files(path, part)[0] if path.is_dir() else path
    labels = images.with_name(images.name.replace("images", "labels").replace("idx3", "idx1"))
    if labels == images:
        raise InvalidSubmission(
            f"{images} is neither a folder, nor .npz, nor IDX (…-images-idx3-ubyte); name one of these"
        )
    if not labels.exists():
        # One of the two may have been unpacked.
        other = labels.with_suffix("") if labels.suffix == ".gz" else labels.with_name(f"{labels.name}.gz")
        labels = other if other.exists() else labels
    return arrays_of(str(images), read_idx(images), read_idx(labels))


def read_idx(path: Path) -> np.ndarray:
    """Read the array of bytes that a file holds.

    Raises:
        InvalidSubmission: It is not in this form or cut short.
    """
    data = path.read_bytes()
    try:
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        return _array(data)
    except (ValueError, IndexError, EOFError, OSError, zlib.error) as error:
        raise InvalidSubmission(f"{path} is not an IDX file of bytes, or is cut short; fetch it again") from error


def _array(data: bytes) -> np.ndarray:
    dimensions = data[3]
    if data[:3] != bytes((0, 0, _BYTES)) or not dimensions:
        raise ValueError(data[:4])
    shape = np.frombuffer(data, ">u4", dimensions, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
