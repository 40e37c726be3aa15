"""Labelled images become a bundle: split, learn, calibrate, judge, export."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.calibration import softmax
from training.images.backbone import Backbone, backbone_for
from training.images.card import image_card
from training.images.config import ImageConfig
from training.images.examples import ImageSet, Pixels
from training.images.export import ImageRelease, write_image_bundle
from training.images.fit import fit, steps_of
from training.images.learned import Learned
from training.images.lineage import LEARNED, lineage_of
from training.images.report import ImageReport, image_report
from training.images.split import hold_out
from training.images.steps import answers
from training.progress import Progress
from training.splits import Fold
from triage.serving.image_manifest import ImageManifest

# Takes what answers pixels with probabilities, and returns figures.
Judge = Callable[[Callable[[Pixels], np.ndarray]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that was written.

    Attributes:
        manifest: Of the bundle.
        held: The images held out.
        report: What it is worth on them.
        seconds: What learning took.
    """

    manifest: ImageManifest
    held: ImageSet
    report: ImageReport
    seconds: float


def train_bundle(
    images: ImageSet,
    config: ImageConfig,
    output: Path,
    *,
    source: str,
    fold: Fold | None = None,
    backbone: Backbone | None = None,
    judge: Judge | None = None,
    card: Callable[[ImageManifest], str] = image_card,
) -> Made:
    """Train on labelled images and write a bundle; figures are of those held out by digest.

    Args:
        images: All there are; a share is held out.
        config: Every choice of the run.
        output: Folder to write the bundle into.
        source: Where the images come from, for the model card.
        fold: Which images are held out; by default a share of each class, by digest.
        backbone: To begin with; by default that of the configuration.
        judge: Returns further figures for the manifest, of what answers pixels with probabilities.
        card: Writes the model card.

    Raises:
        InvalidSubmission: Nothing can be learned from them.
        CannotStart: The backbone is not to be had, or the bundle cannot be written.
    """
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    split = "held out by digest, copies and near-copies on one side" if fold is None else "held out by number"
    fold = fold or hold_out(images, config.held_share)
    backbone = backbone or backbone_for(config, images.side)
    progress = Progress(steps_of(backbone, config, len(fold.train)), unit="steps")
    started = time.monotonic()
    calibrated = fit(images, fold, backbone, config, progress.step)
    seconds = time.monotonic() - started
    held = images.of(fold.test)
    report = image_report("", held, calibrated.probabilities)
    figures: dict[str, Any] = {
        "split": split,
        "images": len(held),
        "learned_from": len(fold.train),
        "refused": len(images.refused),
        "source": source,
        "seed": config.seed,
        "told": list(calibrated.learned.told),
        "seconds": round(seconds, 1),
        "model": report.figures,
        "per_class": report.per_class,
        LEARNED: lineage_of(np.array(images.digests)[fold.train].tolist()),
    }
    if judge is not None:
        ask = answers(calibrated.learned.model)
        figures |= judge(lambda pixels: softmax(ask(pixels) / calibrated.temperature))
    release = ImageRelease(
        classes=images.classes,
        side=images.side,
        fit=config.fit,
        temperature=calibrated.temperature,
        figures=figures,
        config=asdict(config),
        data_digest=images.digest(),
        backbone="" if config.backbone == "none" else backbone.name,
        card=card,
    )
    manifest = write_image_bundle(_of_bytes(calibrated.learned), output, release)
    return Made(manifest, held, image_report(manifest.version, held, calibrated.probabilities), seconds)


def _of_bytes(learned: Learned) -> keras.Model:
    """Return the model of uint8 pixels, as a bundle has it."""
    pixels = keras.Input(learned.model.input_shape[1:], dtype="uint8", name="pixels")
    return keras.Model(pixels, learned.model(keras.ops.cast(pixels, "float32")))
