"""Learning on a backbone that knows something: first a head on its features, then its top layers with it.

Features of the frozen backbone are computed once, of each image and of some changed versions of it, so that the head
learns in seconds; the top learns last, slowly, and what it learned stands only if it tells the held images better.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from training.images.augment import PRESETS, changed
from training.images.backbone import Backbone
from training.images.config import ImageConfig
from training.images.examples import ImageSet, Pixels, Places
from training.images.learned import Learned, surprise
from training.images.network import pooled_features, with_head
from training.images.schedule import Schedule
from training.images.steps import Floats, Steps, answers, batch_size, batches, class_weights

_VIEWS_TIME = 0.4  # share of the time that features may take
_HEAD_EPOCHS, _HEAD_PATIENCE = 60, 8
_FINE_PATIENCE = 6  # epochs; while the rate is high some are worse


@dataclass(frozen=True, slots=True)
class _Head:
    kernel: Floats
    bias: Floats
    mean: Floats
    spread: Floats


def learn_by_transfer(
    images: ImageSet,
    train: Places,
    held: Places,
    backbone: Backbone,
    config: ImageConfig,
    after: Callable[[str], None],
) -> Learned:
    """Learn a head, then the top of the backbone with it."""
    started = time.monotonic()
    classes = len(images.classes)
    weights = class_weights(images.truth[train], classes, config.class_weight_power)
    features = keras.Model(backbone.features.inputs, pooled_features(backbone.features.outputs[0]))
    plain, held_features = (answers(features)(images.pixels[places]) for places in (train, held))
    after("features of the images")
    views = [plain, *_views(features, images.pixels, train, config, started, after)]
    head = _learn_head(views, images.truth[train], held_features, images.truth[held], weights, config)
    model = with_head(backbone.features, classes, dropout=config.dropout, mean=head.mean, spread=head.spread)
    model.get_layer("logits").set_weights([head.kernel, head.bias])
    logits = answers(model)(images.pixels[held])
    after(f"head, held-out log-loss {surprise(logits, images.truth[held]):.3f}")
    told = f"a head on {backbone.name}, which stood still, from {len(views)} versions of each image"
    found = Learned(model, logits, 0, (told,))
    left = None if config.minutes is None else 60 * config.minutes - (time.monotonic() - started)
    if not backbone.top or not config.fine_epochs or (left is not None and left <= 0):
        return found
    return _learn_top(images, train, held, backbone, config, found, weights, left, after)


def _views(
    features: keras.Model,
    pixels: Pixels,
    train: Places,
    config: ImageConfig,
    started: float,
    after: Callable[[str], None],
) -> list[Floats]:
    """Return the features of changed versions, as many as were asked for and the time allows."""
    changes = PRESETS[config.preset]
    seen = keras.layers.Lambda(lambda given: changed(given, changes))
    compute = tf.function(lambda given: features(seen(tf.cast(given, tf.float32)), training=False), autograph=False)
    found: list[Floats] = []
    for view in range(config.views):
        if config.minutes is not None and time.monotonic() - started > 60 * _VIEWS_TIME * config.minutes:
            break
        parts = [compute(tf.constant(pixels[some])).numpy() for some in _of_one_size(train, 64)]
        found.append(np.concatenate(parts)[: len(train)])
        after(f"features of changed images, {view + 1} of {config.views}")
    return found


def _of_one_size(places: Places, size: int) -> list[Places]:
    return list(np.resize(places, -(-len(places) // size) * size).reshape(-1, size))


def _learn_head(
    views: list[Floats], truth: Places, held: Floats, held_truth: Places, weights: Floats, config: ImageConfig
) -> _Head:
    """Learn one dense layer on standardised features; the epoch that tells the held images best stands."""
    every = np.concatenate(views)
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-3
    every, held = (every - mean) / spread, (held - mean) / spread
    truths = np.tile(truth, len(views))
    layer = keras.layers.Dense(len(weights), kernel_initializer="zeros")
    layer.build(every.shape)
    optimizer = keras.optimizers.AdamW(config.head_rate, weight_decay=config.decay)
    optimizer.build(layer.trainable_variables)
    smoothing, class_weight = config.label_smoothing, tf.constant(weights)

    def step(rows: tf.Tensor, columns: tf.Tensor) -> None:
        wanted = (1.0 - smoothing) * tf.one_hot(columns, len(weights)) + smoothing / len(weights)
        values = [one.value for one in layer.trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for value in values:
                tape.watch(value)
            logits = layer(tf.nn.dropout(rows, config.dropout))
            losses = tf.nn.softmax_cross_entropy_with_logits(wanted, logits)
            loss = tf.reduce_mean(losses * tf.gather(class_weight, columns))
        optimizer.apply_gradients(zip(tape.gradient(loss, values), layer.trainable_variables, strict=True))

    compiled, draw = tf.function(step, autograph=False), np.random.default_rng(config.seed)
    best, kept, since = np.inf, layer.get_weights(), 0
    for _ in range(_HEAD_EPOCHS):
        for places in batches(np.arange(len(every)), batch_size(len(every), config), draw):
            compiled(tf.constant(every[places]), tf.constant(truths[places]))
        kernel, bias = layer.get_weights()
        loss = surprise(held @ kernel + bias, held_truth)
        since += 1
        if loss < best:
            best, kept, since = loss, [kernel, bias], 0
        if since >= _HEAD_PATIENCE:
            break
    return _Head(kept[0], kept[1], mean, spread)


def _learn_top(
    images: ImageSet,
    train: Places,
    held: Places,
    backbone: Backbone,
    config: ImageConfig,
    before: Learned,
    weights: Floats,
    seconds: float | None,
    after: Callable[[str], None],
) -> Learned:
    """Learn head and top layers slowly; the best epoch stands, or what was before if none is better."""
    model, truth = before.model, images.truth[held]
    layers = unfreeze(backbone, config.unfrozen)
    learning = model.trainable_variables
    size = batch_size(len(train), config)
    schedule = Schedule(config.fine_epochs * -(-len(train) // size), seconds)
    steps = Steps(model, learning, weights, config, rate=config.fine_rate, from_scratch=False)
    ask, draw = answers(model), np.random.default_rng(config.seed)
    best, logits, kept, best_epoch = surprise(before.logits, truth), before.logits, _values(learning), 0
    epoch = 0
    while schedule.share() < 1.0 and epoch - best_epoch < _FINE_PATIENCE:
        for places in batches(train, size, draw):
            if schedule.share() >= 1.0:
                break
            steps.take(images.pixels[places], images.truth[places], schedule.rate())
        epoch += 1
        found = ask(images.pixels[held])
        loss = surprise(found, truth)
        after(f"top unfrozen, held-out log-loss {loss:.3f}")
        if loss < best:
            best, logits, kept, best_epoch = loss, found, _values(learning), epoch
    for one, value in zip(learning, kept, strict=True):
        one.assign(value)
    told = (
        f"{layers} of its layers unfrozen for {best_epoch} of {epoch} epochs"
        if best_epoch
        else "unfreezing did not help"
    )
    return Learned(model, logits, best_epoch, (*before.told, told))


def unfreeze(backbone: Backbone, share: float) -> int:
    """Let a share of a backbone's layers learn, from the top, and no normalisation; return how many."""
    learners = [one for one in backbone.top if one.weights and not isinstance(one, keras.layers.BatchNormalization)]
    count = round(share * len(learners))
    chosen = learners[len(learners) - count :]
    for one in backbone.top:
        one.trainable = any(one is other for other in chosen)
    return count


def _values(variables: list[keras.Variable]) -> list[np.ndarray]:
    return [one.value.numpy() for one in variables]
