"""The networks of our own: residual features, and the head that makes classes of any features.

All take float32 pixels from 0 to 255, (images, side, side, 3), and scale them in their first layer.

Source:
    He et al. 2016, "Identity mappings in deep residual networks", arXiv:1603.05027; the sizes are ours, for two cores.
"""

import keras
import numpy as np

STAGES = 4
OWN_WIDTH = 24  # channels of the first stage of the backbone that we ship
_SMALL = 40  # pixels; what is smaller keeps its size in the first layer, and the backbone sees it twice as large


def residual_features(side: int, *, width: int, halved: bool | None = None, name: str = "residual") -> keras.Model:
    """Build the untrained network from pixels to features.

    Args:
        side: Pixels along an edge of the input.
        width: Channels of the first stage; each of the others has twice as many as the one before.
        halved: The first layer halves the size; by default that of all but small images.
        name: Of the model.

    Returns:
        Pixels to (images, about side / 16 or side / 8, the same, 8 * width).
    """
    pixels = keras.Input((side, side, 3), name="pixels")
    scaled = keras.layers.Rescaling(1 / 64, offset=-2, name="scale")(pixels)
    stride = 2 if (side > _SMALL if halved is None else halved) else 1
    features = _convolution(scaled, width, "stem", stride=stride)
    for stage in range(1, STAGES):
        channels = width * 2**stage
        features = _convolution(features, channels, f"stage{stage}_down", stride=2)
        inner = _convolution(features, channels, f"stage{stage}_first")
        inner = _convolution(inner, channels, f"stage{stage}_second")
        features = keras.layers.Add(name=f"stage{stage}_add")([features, inner])
    return keras.Model(pixels, features, name=name)


def own_features(side: int) -> keras.Model:
    """Build the untrained backbone of our own; it sees small images at twice their size, by repeating pixels smoothly.

    Returns:
        Pixels to (images, edge, edge, 8 * `OWN_WIDTH`).
    """
    pixels = keras.Input((side, side, 3), name="pixels")
    seen = side * 2 if side <= _SMALL else side
    larger = keras.layers.Resizing(seen, seen, name="larger")(pixels) if seen != side else pixels
    inner = residual_features(seen, width=OWN_WIDTH, halved=True, name="own")
    return keras.Model(pixels, inner(larger), name="own_backbone")


def with_head(
    features: keras.Model,
    classes: int,
    *,
    dropout: float,
    mean: np.ndarray | None = None,
    spread: np.ndarray | None = None,
) -> keras.Model:
    """Put a head on features: their mean and maximum over the image, dropout, one dense layer.

    Args:
        features: Pixels to (images, height, width, channels), or to (images, channels).
        classes: Number of classes.
        dropout: Share of the pooled features that is left out in each step.
        mean: Of the pooled features, to take away; with `spread`, to divide by. Else they stay as they are.
        spread: Standard deviation of the pooled features.

    Returns:
        Pixels to logits (images, classes).
    """
    pixels = keras.Input(features.input_shape[1:], name="pixels")
    pooled = pooled_features(features(pixels))
    if mean is not None and spread is not None:
        pooled = keras.layers.Normalization(mean=mean, variance=np.square(spread), name="standardised")(pooled)
    dropped = keras.layers.Dropout(dropout, name="dropout")(pooled)
    return keras.Model(pixels, keras.layers.Dense(classes, name="logits")(dropped), name="triage_image")


def pooled_features(features: keras.KerasTensor) -> keras.KerasTensor:
    """Return mean and maximum over the image, (images, 2 * channels); what has no place is pooled already."""
    if len(features.shape) != 4:
        return features
    mean = keras.layers.GlobalAveragePooling2D(name="mean")(features)
    return keras.layers.Concatenate(name="pooled")([mean, keras.layers.GlobalMaxPooling2D(name="maximum")(features)])


def _convolution(features: keras.KerasTensor, channels: int, name: str, *, stride: int = 1) -> keras.KerasTensor:
    features = keras.layers.Conv2D(channels, 3, strides=stride, padding="same", use_bias=False, name=name)(features)
    features = keras.layers.BatchNormalization(momentum=0.95, name=f"{name}_norm")(features)
    return keras.layers.Activation("relu", name=f"{name}_relu")(features)
