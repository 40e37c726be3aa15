"""The public sets of images, each parted into what is learned from and what is judged on.

Sets lie beside the repository (`benchmarks.images.sets.DATA`); archives are unpacked once into `build/images/`. The
parts are fixed: digests or the sets' own marks decide, so that every contender and every run judges the same images.
"""

import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.tables import ROOT
from training.images.arrays import Arrays, image_set_of
from training.images.examples import ImageSet
from training.images.sources import images_in
from training.pretraining.crops import is_kept_out

DATA = ROOT.parent / "shared" / "data"
UNPACKED = ROOT / "build" / "images"
_MNIST_LEARNED = 6_500


@dataclass(frozen=True, slots=True)
class Part:
    """A way to part a set.

    Attributes:
        name: Of the part, such as the batch that is judged.
        learn: Images to learn from, with what is held out for stopping and calibration among them.
        judge: Images to be judged on, which nothing is chosen by.
    """

    name: str
    learn: ImageSet
    judge: ImageSet


@dataclass(frozen=True, slots=True)
class Set:
    """A public set.

    Attributes:
        parts: Names of its parts.
        preset: What its images may be changed by.
        load: Returns a part at some side.
        small: The side of its images; where a backbone sees them larger, they are made so.
    """

    parts: tuple[str, ...]
    preset: str
    load: Callable[[str, int], Part]
    small: int


def is_here(name: str) -> bool:
    """Say whether the files of a set are beside the repository."""
    return (DATA / f"images-{name}").is_dir() or (DATA / f"images-{name}10k").is_dir()


def _mnist(part: str, side: int) -> Part:
    """The first images, in the order of their digests, are learned from."""
    images = images_in(str(DATA / "images-mnist10k" / "mnist10k.npz"), side, "pad")
    order = sorted(range(len(images)), key=images.digests.__getitem__)
    return Part(part, images.of(order[:_MNIST_LEARNED]), images.of(order[_MNIST_LEARNED:]))


def _cifar10(part: str, side: int) -> Part:
    folder = str(_unpacked("cifar10"))
    return Part(part, images_in(folder, side, "pad"), images_in(folder, side, "pad", part="test"))


def _cucumber9(part: str, side: int) -> Part:
    """A batch is judged by what learned from the other four: the official test batch is not at hand.

    The fifth is never judged: our choices for this set were made on it.
    """
    with np.load(DATA / "images-cucumber9" / "cucumber9.npz", allow_pickle=False) as file:
        pixels, truth, batch = file["x"], file["y"].astype(np.int64), file["batch"]
        classes = tuple(map(str, file["class_names"].tolist()))
    judged = batch == int(part.removeprefix("batch "))
    sides = [image_set_of(Arrays(pixels[some], truth[some], classes), side, "pad") for some in (~judged, judged)]
    return Part(part, *sides)


def _trashnet(part: str, side: int) -> Part:
    """The fifth of the files is judged that our own backbone has not seen either; one pair in the set is alike."""
    images = images_in(str(_unpacked("trashnet")), side, "pad")
    judged = np.array([is_kept_out(digest) for digest in images.digests])
    return Part(part, images.of(np.flatnonzero(~judged)), images.of(np.flatnonzero(judged)))


SETS = {
    "mnist": Set(("digest",), "digit", _mnist, 28),
    "cifar10": Set(("test",), "photo", _cifar10, 32),
    "cucumber9": Set(tuple(f"batch {number}" for number in range(1, 5)), "shape", _cucumber9, 32),
    "trashnet": Set(("digest",), "photo", _trashnet, 256),
}


def limited(part: Part, most: int | None) -> Part:
    """Return a part with at most so many images on either side, to try a path."""
    if most is None:
        return part
    first = [images.of(_even(images, most)) for images in (part.learn, part.judge)]
    return replace(part, learn=first[0], judge=first[1])


def _even(images: ImageSet, most: int) -> list[int]:
    return np.linspace(0, len(images) - 1, min(most, len(images))).astype(int).tolist()


def _unpacked(name: str) -> Path:
    folder = UNPACKED / name
    if not folder.exists():
        aside = UNPACKED / f"{name}.unpacking"
        with tarfile.open(DATA / f"images-{name}" / "images.tar.gz") as archive:
            archive.extractall(aside, filter="data")
        aside.rename(folder)
    return folder
