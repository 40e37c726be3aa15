"""What a contender says of the images of a part, and what that is worth."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.images.contenders import FOREST, config_of, side_of
from benchmarks.images.deployment import as_deployed
from benchmarks.images.forest import Forest
from benchmarks.images.results import Row
from benchmarks.images.sets import SETS, Part, limited
from training.images.evaluate import images_per_second
from training.images.examples import ImageSet, Pixels
from training.images.report import image_report
from training.images.train import train_bundle
from triage.serving.image import load_image_model

Recognize = Callable[[Pixels], np.ndarray]


def answered(names: Row, minutes: float, threads: int, most: int | None) -> Row:
    """Let a contender learn from a part and judge it, on the images as they are and as they come in use."""
    known = SETS[names["set"]]
    part = limited(known.load(names["variant"], side_of(names["contender"], names["set"], known.small)), most)
    with TemporaryDirectory() as folder:
        started = time.monotonic()
        recognize, told = _learned(names, part, known.preset, Path(folder) / "bundle", minutes, threads)
        told |= {"fit_s": round(time.monotonic() - started, 1)}
        return {
            "n": len(part.judge),
            "learned_from": len(part.learn),
            "side": part.learn.side,
            "threads": threads,
            **told,
            **figures(recognize, part.judge, names["seed"]),
        }


def figures(recognize: Recognize, judged: ImageSet, seed: int) -> dict[str, Any]:
    """Return what is right of the images as they are, and of the same as they come in use."""
    plain = image_report("", judged, recognize(judged.pixels))
    in_use = image_report("", judged, recognize(as_deployed(judged.pixels, seed)))
    return {
        **plain.figures,
        "images_per_second": images_per_second(recognize, judged.pixels),
        "deployed_accuracy": in_use.figures["accuracy"],
        "deployed_macro_f1": in_use.figures["macro_f1"],
        "per_class_f1": {name: own["f1"] for name, own in plain.per_class.items()},
    }


def _learned(
    names: Row, part: Part, preset: str, bundle: Path, minutes: float, threads: int
) -> tuple[Recognize, dict[str, Any]]:
    if names["contender"] == FOREST:
        return Forest(part.learn, names["seed"], threads).recognize, {}
    config = config_of(names["contender"], preset, part.learn.side, names["seed"], minutes)
    made = train_bundle(part.learn, config, bundle, source=names["set"])
    model = load_image_model(bundle, threads=threads)
    told = {"told": made.manifest.figures["told"], "bundle_mib": _mib(bundle)}
    return model.recognize, told


def _mib(bundle: Path) -> float:
    return round(sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file()) / 2**20, 2)
