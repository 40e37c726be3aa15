"""Who is asked: a random forest, and ours from scratch, on our own backbone and on SqueezeNet."""

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.images.sets import DATA
from training.images.backbone import OWN_WEIGHTS
from training.images.config import ImageConfig

FOREST = "random forest, pixels and colours"
SCRATCH = "Triage, from scratch"
OWN = "Triage, own backbone"
SQUEEZENET = "Triage, SqueezeNet"
CASCADE = "Triage, cascade"
CONTENDERS = (FOREST, SCRATCH, OWN, SQUEEZENET)

WEIGHTS = DATA / "weights" / "squeezenet_v1.1_imagenet_notop_tf.h5"

# Sides by set; what is not named here is seen as it is by a network from scratch.
_SIDES: Mapping[str, Mapping[str, int]] = {
    SCRATCH: {"trashnet": 96},
    OWN: {"trashnet": 128},
    SQUEEZENET: {"mnist": 96, "cifar10": 128, "cucumber9": 128, "trashnet": 224},
}


def side_of(contender: str, name: str, small: int) -> int:
    """Return the side at which a contender sees the images of a set."""
    return _SIDES.get(contender, {}).get(name, min(small, 64))


def config_of(contender: str, preset: str, side: int, seed: int, minutes: float) -> ImageConfig:
    """Return what a contender of ours is told; all have the same time at most."""
    backbone = {SCRATCH: "none", OWN: "own", SQUEEZENET: str(WEIGHTS)}[contender]
    config = ImageConfig(backbone=backbone, side=side, preset=preset, seed=seed, minutes=minutes)
    if contender != SCRATCH:
        return replace(config, fine_epochs=16)
    # Chosen on the last batch of CUCUMBER-9, which is left out of its mean: sizes are told apart late.
    if preset == "shape":
        return replace(config, epochs=160, width=16, label_smoothing=0.02)
    # Where there are many images the clock ends it, not the number of epochs.
    return replace(config, epochs=60)


def missing(contender: str) -> str:
    """Return why a contender cannot be asked; empty when it can."""
    if contender == SQUEEZENET and not WEIGHTS.exists():
        return f"{WEIGHTS.name} is not beside the repository"
    if contender == OWN and not OWN_WEIGHTS.exists():
        return "our own backbone is not in this checkout"
    return ""
