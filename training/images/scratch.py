"""Learning from scratch: one cycle over all weights, with their average in the end."""

from collections.abc import Callable

import numpy as np

from training.images.backbone import Backbone
from training.images.config import ImageConfig
from training.images.examples import ImageSet, Places
from training.images.learned import Learned
from training.images.network import with_head
from training.images.schedule import Schedule
from training.images.steps import Steps, answers, batch_size, batches, class_weights

_EPOCHS, _LEAST_STEPS = 30, 300


def epochs_of(images: int, config: ImageConfig) -> int:
    """Return how often each of so many images is shown: few are shown more often, for a network needs some steps."""
    if config.epochs is not None:
        return config.epochs
    return max(_EPOCHS, -(-_LEAST_STEPS // -(-images // batch_size(images, config))))


def learn_from_scratch(
    images: ImageSet,
    train: Places,
    held: Places,
    backbone: Backbone,
    config: ImageConfig,
    after_epoch: Callable[[str], None],
) -> Learned:
    """Learn all weights of a network that knows nothing; its last epoch stands, since the rate has come to its end."""
    classes = len(images.classes)
    model = with_head(backbone.features, classes, dropout=config.dropout)
    weights = class_weights(images.truth[train], classes, config.class_weight_power)
    size = batch_size(len(train), config)
    schedule = Schedule(
        epochs_of(len(train), config) * -(-len(train) // size), None if config.minutes is None else 60 * config.minutes
    )
    steps = Steps(model, model.trainable_variables, weights, config, rate=config.rate, from_scratch=True)
    draw, epochs = np.random.default_rng(config.seed), 0
    while schedule.share() < 1.0:
        losses = []
        for places in batches(train, size, draw):
            if schedule.share() >= 1.0:
                break
            losses.append(steps.take(images.pixels[places], images.truth[places], schedule.rate()))
        epochs += 1
        after_epoch(f"loss {np.mean(losses):.3f}")
    steps.settle()
    logits = answers(model)(images.pixels[held])
    start = (
        "a small network from scratch" if backbone.name == "none" else f"all weights of the backbone {backbone.name}"
    )
    return Learned(model, logits, epochs, (f"{start}, {epochs} epochs",))
