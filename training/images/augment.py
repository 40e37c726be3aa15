"""What an image may be changed by and stay what it is; which of it applies depends on what the images are of.

photo   anything in front of a camera: mirrored, moved, nearer or farther, turned a little, other light, blurred
shape   things that differ by size and outline: never scaled, hardly turned
digit   writing: never mirrored, and colour says nothing
page    pages, slips and screens: never mirrored, with colour or without, hardly turned
"""

import math
from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True, slots=True)
class Changes:
    """The most that each change may do.

    Attributes:
        mirrored: Left and right may be exchanged.
        upturned: Up and down may be.
        moved: Share of the side.
        scaled: Factor, and its inverse.
        turned: Radians.
        light: Share by which brightness and contrast change, and each colour by half of that.
        grey: Chance that colour is taken away.
        blurred: Chance that an image is blurred, or has its colours at half the size as JPEG does.
        noise: Grey levels (standard deviation).
        hidden: Share of the side that a grey square covers, from scratch alone.
    """

    mirrored: bool
    upturned: bool
    moved: float
    scaled: float
    turned: float
    light: float
    grey: float
    blurred: float
    noise: float
    hidden: float


PRESETS = {
    "photo": Changes(True, False, 0.1, 1.2, 0.14, 0.3, 0.05, 0.15, 6.0, 0.25),
    "shape": Changes(True, True, 0.06, 1.0, 0.0, 0.1, 0.0, 0.0, 2.0, 0.0),
    "digit": Changes(False, False, 0.1, 1.12, 0.2, 0.15, 0.0, 0.1, 5.0, 0.0),
    "page": Changes(False, False, 0.08, 1.2, 0.06, 0.3, 0.15, 0.2, 8.0, 0.2),
}


def changed(pixels: tf.Tensor, changes: Changes, *, hide: bool = False) -> tf.Tensor:
    """Change each image by chance.

    Args:
        pixels: float32 (images, side, side, 3) from 0 to 255.
        changes: What may be done.
        hide: Cover a square of each image.

    Returns:
        The same shape and range.
    """
    count, side = tf.shape(pixels)[0], tf.shape(pixels)[1]
    pixels = _placed(pixels, changes, count, tf.cast(side, tf.float32))
    pixels = _lit(pixels, changes, count)
    pixels = _blurred(pixels, changes, count)
    pixels += changes.noise * tf.random.uniform([count, 1, 1, 1]) * tf.random.normal(tf.shape(pixels))
    if hide and changes.hidden:
        pixels = _hidden(pixels, changes, count, side)
    return tf.clip_by_value(pixels, 0.0, 255.0)


def _placed(pixels: tf.Tensor, changes: Changes, count: tf.Tensor, side: tf.Tensor) -> tf.Tensor:
    """Mirror, turn, scale and move at once; the border is what is nearest to it."""
    angle = _between(count, changes.turned)
    factor = tf.exp(_between(count, math.log(changes.scaled)))
    mirror, upturn = (_signs(count) if may_be else tf.ones([count]) for may_be in (changes.mirrored, changes.upturned))
    cosine, sine, middle = tf.cos(angle) / factor, tf.sin(angle) / factor, (side - 1.0) / 2.0
    right, down = (side * _between(count, changes.moved) for _ in range(2))
    if changes.scaled == 1.0 and not changes.turned:
        # Between pixels an image would be blurred, and what tells sizes apart may be one pixel.
        right, down = tf.round(right), tf.round(down)
    a, b, d, e = cosine * mirror, -sine * upturn, sine * mirror, cosine * upturn
    none = tf.zeros([count])
    matrix = [a, b, middle - a * middle - b * middle + right, d, e, middle - d * middle - e * middle + down, none, none]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pixels,
        transforms=tf.stack(matrix, axis=1),
        output_shape=tf.shape(pixels)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def _lit(pixels: tf.Tensor, changes: Changes, count: tf.Tensor) -> tf.Tensor:
    def drawn(most: float, channels: int = 1) -> tf.Tensor:
        return tf.random.uniform([count, 1, 1, channels], -most, most)

    mean = tf.reduce_mean(pixels, axis=[1, 2, 3], keepdims=True)
    contrast, brightness, colour = drawn(changes.light), drawn(changes.light), drawn(changes.light / 2, 3)
    pixels = ((pixels - mean) * (1.0 + contrast) + mean) * (1.0 + brightness) * (1.0 + colour)
    grey = tf.reduce_mean(pixels, axis=3, keepdims=True)
    return tf.where(tf.random.uniform([count, 1, 1, 1]) < changes.grey, grey + tf.zeros_like(pixels), pixels)


def _blurred(pixels: tf.Tensor, changes: Changes, count: tf.Tensor) -> tf.Tensor:
    soft = tf.nn.avg_pool2d(pixels, 3, 1, "SAME")
    luminance = tf.reduce_mean(pixels, axis=3, keepdims=True)
    subsampled = luminance + soft - tf.reduce_mean(soft, axis=3, keepdims=True)
    chance = tf.random.uniform([count, 1, 1, 1])
    share = tf.random.uniform([count, 1, 1, 1])
    pixels = tf.where(chance < changes.blurred, pixels + share * (soft - pixels), pixels)
    return tf.where(chance > 1.0 - changes.blurred, subsampled, pixels)


def _hidden(pixels: tf.Tensor, changes: Changes, count: tf.Tensor, side: tf.Tensor) -> tf.Tensor:
    places = tf.range(side, dtype=tf.float32)
    half = changes.hidden * tf.cast(side, tf.float32) / 2.0
    row, column = (tf.random.uniform([count, 1], 0.0, tf.cast(side, tf.float32)) for _ in range(2))
    inside = tf.logical_and((tf.abs(places - row) < half)[:, :, None], (tf.abs(places - column) < half)[:, None, :])
    return tf.where(inside[..., None], 128.0, pixels)


def _signs(count: tf.Tensor) -> tf.Tensor:
    return tf.where(tf.random.uniform([count]) < 0.5, -1.0, 1.0)


def _between(count: tf.Tensor, most: float) -> tf.Tensor:
    return tf.random.uniform([count], -most, most)
