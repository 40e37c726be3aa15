"""Where labelled images come from: a folder per class, arrays in a file, or one of the classics by name.

FOLDER/<class>/…                 images; also FOLDER/train/<class>/… and FOLDER/test/<class>/…
FOLDER/…-images-idx3-ubyte[.gz]  with …-labels-idx1-ubyte[.gz] beside it, as MNIST is given out; or the file itself
FILE.npz                         x, y and perhaps class_names; or x_train, y_train, x_test, y_test
mnist, fashion-mnist, cifar10    through Keras, from its cache or the network
"""

from pathlib import Path

from training.images.arrays import Arrays, image_set_of, npz_arrays
from training.images.classics import CLASSICS, classic_arrays
from training.images.examples import ImageSet
from training.images.folder import classes_in, folder_images, usual_side_of
from training.images.idx import idx_arrays, idx_files
from triage.errors import InvalidSubmission
from triage.images.fit import Fit

PARTS = ("train", "test")


def images_in(source: str, side: int, fit: Fit, *, part: str = "train") -> ImageSet:
    """Return the labelled images of a source.

    Args:
        source: A folder, a file or the name of a classic.
        side: Pixels of the squares that they become.
        fit: `pad` or `stretch`.
        part: `train` or `test`, where the source parts them; else it does not matter.

    Raises:
        InvalidSubmission: There is no such source, or nothing can be learned from it.
    """
    arrays = _arrays(source, part)
    return folder_images(_classes(source, part), side, fit) if arrays is None else image_set_of(arrays, side, fit)


def usual_side(source: str, part: str = "train") -> int:
    """Return the longer edge that the images of a source usually have, before anything is read but their heads."""
    arrays = _arrays(source, part)
    return usual_side_of(_classes(source, part)) if arrays is None else max(arrays.pixels.shape[1:3])


def _arrays(source: str, part: str) -> Arrays | None:
    """Return the arrays of a source that has them; a folder of images has none."""
    path = Path(source)
    if not path.exists() and source in CLASSICS:
        return classic_arrays(source, part)
    if path.suffix == ".npz":
        return npz_arrays(path, part)
    if path.is_file() or idx_files(path, part):
        return idx_arrays(path, part)
    return None


def _classes(source: str, part: str) -> Path:
    """Return the folder that holds a folder for each class."""
    path = Path(source)
    if not path.is_dir():
        known = ", ".join(CLASSICS)
        raise InvalidSubmission(f"{source} is not there; name a folder with a folder for each class, or one of {known}")
    parts = {folder.name for folder in classes_in(path)}
    return path / part if parts == set(PARTS) else path
