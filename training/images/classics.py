"""MNIST, Fashion-MNIST and CIFAR-10 by name, as Keras fetches and keeps them."""

from collections.abc import Callable
from typing import Any

import keras

from training.images.arrays import Arrays, arrays_of
from triage.errors import CannotStart

_CLOTHES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_Loader = tuple[Callable[[], Any], tuple[str, ...] | None]

CLASSICS: dict[str, _Loader] = {
    "mnist": (keras.datasets.mnist.load_data, None),
    "fashion-mnist": (keras.datasets.fashion_mnist.load_data, _CLOTHES),
    "cifar10": (keras.datasets.cifar10.load_data, _THINGS),
}


def classic_arrays(name: str, part: str) -> Arrays:
    """Return a part of a classic.

    Raises:
        CannotStart: It is neither in Keras' cache nor can it be fetched.
    """
    load, classes = CLASSICS[name]
    try:
        train, test = load()
    except Exception as error:
        raise CannotStart(
            f"{name} is not in Keras' cache and cannot be fetched ({type(error).__name__});"
            " connect this machine, or name a folder or file that has it"
        ) from error
    pixels, truth = train if part == "train" else test
    return arrays_of(name, pixels, truth, classes)
