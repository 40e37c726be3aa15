"""What the features of an image are computed by: ours, one of `keras.applications`, a file, or nothing yet learned.

own                      ours, trained on the images at hand (`training/images/backbone/`)
none                     a small network that starts from chance
NAME                     of `keras.applications`, with its ImageNet weights from Keras' cache or the network
FILE.keras, FILE.h5      a whole model of Keras', cut before its image is pooled
FILE.h5                  weights alone: those of SqueezeNet v1.1, whose architecture we build
FOLDER                   a SavedModel of pixels to features
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isfunction, ismodule
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from training.images.config import ImageConfig
from training.images.network import own_features, residual_features
from training.images.scaling import SCALINGS, Scaling, scaling_of
from training.images.squeezenet import is_squeezenet, load_by_layer, squeezenet_features, weights_by_layer
from triage.errors import CannotStart, InvalidSubmission

OWN_WEIGHTS = Path(__file__).parent / "backbone" / "weights.npz"
_OWN_SIDE, _FILE_SIDE, _SMALL_SIDE = 96, 160, 64
_MAPS = 4  # dimensions of features that have a place: (images, height, width, channels)


@dataclass(frozen=True, slots=True)
class Backbone:
    """Where learning starts from.

    Attributes:
        name: As manifest and report name it.
        features: Pixels from 0 to 255, (images, side, side, 3), to features.
        learned: It has learned something: the head learns first, on features that stand still.
        top: Layers from input to output, of which the last may learn in the end; empty where none can.
    """

    name: str
    features: keras.Model
    learned: bool
    top: tuple[keras.layers.Layer, ...]


def side_for(config: ImageConfig, usual: int) -> int:
    """Return the side to see images at: the one that was asked for, else what suits the backbone.

    Args:
        config: Of the run.
        usual: Longer edge that the images usually have; they are not made much larger than that.
    """
    if config.side is not None:
        return config.side
    most = {"own": _OWN_SIDE, "none": _SMALL_SIDE}.get(config.backbone, _FILE_SIDE)
    least = 32 if config.backbone in {"own", "none"} else 96
    return min(max(usual, least), most) if usual > least or config.backbone not in {"own", "none"} else max(usual, 16)


def backbone_for(config: ImageConfig, side: int) -> Backbone:
    """Build a backbone.

    Raises:
        InvalidSubmission: There is none of this name, or the file cannot be used.
        CannotStart: Its weights are not to be had.
    """
    if config.backbone == "none":
        features = residual_features(side, width=config.width)
        return Backbone("none", features, learned=False, top=tuple(features.layers))
    if config.backbone == "own":
        return own_backbone(side)
    if Path(config.backbone).exists():
        return _from_file(Path(config.backbone), side, config.scaling)
    return _application(config.backbone, side)


def own_backbone(side: int, weights: Path = OWN_WEIGHTS) -> Backbone:
    """Build ours with its weights.

    Raises:
        CannotStart: They are not in this installation, or of another release.
    """
    features = own_features(side)
    if not weights.exists():
        raise CannotStart(
            f"our own backbone is not in this installation ({weights}); install Triage again, or give --backbone none"
        )
    with np.load(weights, allow_pickle=False) as file:
        found = [file[f"arr_{place}"].astype(np.float32) for place in range(len(file.files))]
    if [one.shape for one in found] != [tuple(one.shape) for one in features.weights]:
        raise CannotStart(f"{weights} is of another release; install Triage again, or give --backbone none")
    features.set_weights(found)
    inner = features.get_layer("own")
    return Backbone("own", features, learned=True, top=tuple(inner.layers))


def save_own(features: keras.Model, weights: Path = OWN_WEIGHTS) -> None:
    """Write the weights of a trained `own_features`, with half the digits; they fit any side."""
    weights.parent.mkdir(parents=True, exist_ok=True)
    np.savez(weights, *(np.asarray(one, np.float16) for one in features.get_weights()))


def application_names() -> list[str]:
    """Return the names of all networks of `keras.applications`."""
    return sorted(name for module in _modules() for name in _networks(module))


def _application(name: str, side: int) -> Backbone:
    for module in _modules():
        for known, build in _networks(module).items():
            if known.lower() == name.lower():
                inner = _with_weights(known, build, side)
                return _scaled(f"{known} (ImageNet)", inner, scaling_of(module.preprocess_input), side)
    raise InvalidSubmission(
        f"there is no backbone {name}: it is no file, and none of own, none, {', '.join(application_names())}"
    )


def _with_weights(name: str, build: Callable[..., keras.Model], side: int) -> keras.Model:
    try:
        return build(include_top=False, weights="imagenet", input_shape=(side, side, 3))
    except ValueError as error:  # smaller than the network can see
        raise InvalidSubmission(f"{name} cannot see images of {side} pixels; give a larger --side") from error
    except Exception as error:
        raise CannotStart(
            f"the weights of {name} are not in Keras' cache and cannot be fetched ({type(error).__name__});"
            " connect this machine, or name a file"
        ) from error


def _modules() -> list[ModuleType]:
    return [one for one in vars(keras.applications).values() if ismodule(one) and hasattr(one, "preprocess_input")]


def _networks(module: ModuleType) -> dict[str, Callable[..., keras.Model]]:
    return {name: one for name, one in vars(module).items() if isfunction(one) and name[0].isupper()}


def _from_file(path: Path, side: int, scaling: str | None) -> Backbone:
    if path.is_dir():
        return _saved_model(path, side, scaling)
    try:
        if path.suffix in {".h5", ".hdf5"} and not _is_whole(path):
            return _weights_alone(path, side)
        whole = keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InvalidSubmission(
            f"{path} is no model that Keras can load ({type(error).__name__});"
            " give a .keras or .h5 file, or a SavedModel"
        ) from error
    cut = _before_pooling(whole, path)
    sees_to_it = any(isinstance(one, keras.layers.Rescaling | keras.layers.Normalization) for one in whole.layers)
    given = cut.input_shape[1]
    inner = cut if given in (None, side) else keras.Sequential([keras.layers.Resizing(given, given), cut])
    return _scaled(path.name, inner, SCALINGS[scaling or ("raw" if sees_to_it else "tf")], side, cut)


def _before_pooling(whole: keras.Model, path: Path) -> keras.Model:
    """Return the model up to the last features that have a place."""
    maps = [one for one in whole.layers if hasattr(one, "output") and len(getattr(one.output, "shape", ())) == _MAPS]
    if not maps or len(whole.inputs) != 1 or whole.input_shape[-1] != 3:
        raise InvalidSubmission(f"{path} is no model of colour images; give one that takes (height, width, 3)")
    return keras.Model(whole.inputs, maps[-1].output)


def _weights_alone(path: Path, side: int) -> Backbone:
    weights = weights_by_layer(path)
    if not is_squeezenet(weights):
        raise InvalidSubmission(f"{path} holds weights alone, of a network that we do not know; give a whole model")
    inner = squeezenet_features(side)
    load_by_layer(inner, weights, path)
    return _scaled("SqueezeNet v1.1 (ImageNet)", inner, SCALINGS["caffe"], side)


def _is_whole(path: Path) -> bool:
    with h5py.File(path, "r") as file:
        return "model_config" in file.attrs


def _saved_model(path: Path, side: int, scaling: str | None) -> Backbone:
    if not (path / "saved_model.pb").is_file():
        raise InvalidSubmission(f"{path} is a folder and no SavedModel; name a folder with a saved_model.pb, or a file")
    if (path / "manifest.json").is_file():
        raise InvalidSubmission(f"{path} is a bundle, whose answers are no features; name what it was made from")
    try:
        loaded = tf.saved_model.load(str(path))  # owns the variables until they are constants
        signature = loaded.signatures["serving_default"]
        # With its weights as constants it can be a part of the bundle.
        frozen = convert_variables_to_constants_v2(signature)
        shape = frozen(tf.zeros((1, side, side, 3)))[0].shape
    except (OSError, ValueError, TypeError, KeyError, IndexError, tf.errors.OpError) as error:
        raise InvalidSubmission(f"{path} takes no pixels of {side} by {side} by 3; is --side right?") from error
    pixels = keras.Input((side, side, 3))
    layer = keras.layers.Lambda(lambda given: tf.ensure_shape(frozen(given)[0], (None, *shape[1:])), tuple(shape[1:]))
    inner = keras.Model(pixels, layer(pixels))
    return _scaled(path.name, inner, SCALINGS[scaling or "tf"], side, None)


def _scaled(name: str, inner: keras.Model, scaling: Scaling, side: int, top: Any = ...) -> Backbone:
    """Put a scaling before features; `top` is the model whose layers may learn, by default these features."""
    inner.trainable = True
    pixels = keras.Input((side, side, 3), name="pixels")
    features = keras.Model(pixels, inner(scaling.layer()(pixels)), name="backbone")
    learning = inner if top is ... else top
    return Backbone(name, features, learned=True, top=() if learning is None else tuple(learning.layers))
