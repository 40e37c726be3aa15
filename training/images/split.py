"""Which images are learned from and which are held out: by their digests, so that a new image moves no other.

Images that are the same but for their size or compression stand on one side.
"""

import hashlib
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from training.images.examples import ImageSet, Pixels, Places
from training.splits import Fold
from triage.errors import InvalidSubmission

ALIKE = 3.0  # grey levels (root of the mean square) that the thumbnails of two images may differ and count as one
_THUMBNAIL = 8  # pixels along an edge
_BLOCK = 512  # images that are compared at once


def hold_out(images: ImageSet, share: float) -> Fold:
    """Return places to learn from and places held out: of every class its share, at least one image each.

    Raises:
        InvalidSubmission: There are fewer than two classes, or a class has no two images that are no copies.
    """
    if len(set(images.truth.tolist())) < 2:
        raise InvalidSubmission(
            f"all images have the class {images.classes[0]}; give a folder with a folder of images for each class"
        )
    groups: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(near_identical(images.pixels).tolist()):
        groups[group].append(place)
    of_class: dict[int, list[list[int]]] = defaultdict(list)
    for places in sorted(groups.values(), key=lambda places: _drawn(min(images.digests[place] for place in places))):
        of_class[int(images.truth[places[0]])].append(places)
    held = [place for column, own in sorted(of_class.items()) for place in _held(own, share, images.classes[column])]
    chosen = np.sort(np.array(held, np.int64))
    fold = Fold(train=np.setdiff1d(np.arange(len(images)), chosen), test=chosen)
    _require_all_classes(images, fold)
    return fold


def near_identical(pixels: Pixels) -> Places:
    """Return a group number per image: the place of the first image that is the same but for size or compression."""
    thumbnails = _thumbnails(pixels)
    levels = thumbnails.mean(axis=1)
    order = np.argsort(levels, kind="stable")
    ordered, sorted_levels = thumbnails[order], levels[order]
    squares = np.square(ordered).sum(axis=1)
    group = np.arange(len(pixels))
    for start in range(0, len(order), _BLOCK):
        stop = min(start + _BLOCK, len(order))
        # Two thumbnails that differ by so little have means that differ by no more.
        end = int(np.searchsorted(sorted_levels, sorted_levels[stop - 1] + ALIKE, side="right"))
        distances = (
            squares[start:stop, None] + squares[None, start:end] - 2 * ordered[start:stop] @ ordered[start:end].T
        )
        near = np.argwhere(distances <= ALIKE**2 * ordered.shape[1])
        for one, other in near[near[:, 0] < near[:, 1]].tolist():
            _join(group, int(order[start + one]), int(order[start + other]))
    return np.array([_root(group, place) for place in range(len(group))], np.int64)


def _thumbnails(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Return the means over a coarse grid, (images, grid * grid * 3), around their common mean."""
    side = pixels.shape[1]
    edges = np.linspace(0, side, min(_THUMBNAIL, side) + 1).astype(int)
    rows = np.add.reduceat(pixels, edges[:-1], axis=1, dtype=np.float32) / np.diff(edges)[None, :, None, None]
    cells = np.add.reduceat(rows, edges[:-1], axis=2) / np.diff(edges)[None, None, :, None]
    flat = cells.reshape(len(pixels), -1)
    return np.asarray(flat - flat.mean(axis=0), np.float32)


def _held(groups: list[list[int]], share: float, name: str) -> list[int]:
    if len(groups) < 2:
        raise InvalidSubmission(
            f"class {name} has no two images that are not copies of each other; give it more images"
        )
    wanted = share * sum(map(len, groups))
    held: list[int] = []
    for places in groups[:-1]:  # one at least is learned from
        # A group too large for what is left stays; smaller ones after it may still fit.
        if len(held) + len(places) <= wanted:
            held.extend(places)
    if not held:
        held = min(groups, key=len)
    return held


def _require_all_classes(images: ImageSet, fold: Fold) -> None:
    """See that copies that lie in folders of two classes have taken no class away."""
    for column in sorted(set(images.truth.tolist()) - set(images.truth[fold.train].tolist())):
        raise InvalidSubmission(
            f"every image of class {images.classes[column]} is a copy of one of another class; sort them out"
        )


def _drawn(digest: str) -> str:
    """Return an order that has nothing to do with how a digest is used elsewhere."""
    return hashlib.sha256(f"held out {digest}".encode()).hexdigest()


def _join(group: Places, one: int, other: int) -> None:
    roots = _root(group, one), _root(group, other)
    group[max(roots)] = min(roots)


def _root(group: Places, place: int) -> int:
    while group[place] != place:
        group[place] = group[group[place]]
        place = int(group[place])
    return place
