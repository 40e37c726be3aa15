"""A gate before a fine model: both learn from one part, the threshold is fitted on what neither learned from."""

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.images.answers import figures
from benchmarks.images.contenders import OWN, SCRATCH, config_of, missing
from benchmarks.images.results import Row
from benchmarks.images.sets import SETS, limited
from training.images.cascade import make_cascade_of
from training.images.train import train_bundle
from triage.serving.image_cascade import load_recognizer

_GATE_WIDTH = 8  # channels of the gate's first stage, a third of the fine model's
_GATE_MINUTES = 0.3  # share of the time
_HELD = 0.25  # the threshold is fitted on these


def answered(names: Row, minutes: float, threads: int, most: int | None) -> Row:
    """Train gate and fine model on a part, put them in a row, and judge all three."""
    known = SETS[names["set"]]
    part = limited(known.load(names["variant"], known.small), most)
    fine_from = SCRATCH if missing(OWN) or names["set"] != "trashnet" else OWN
    fine = replace(config_of(fine_from, known.preset, known.small, names["seed"], minutes), held_share=_HELD)
    gate = replace(fine, backbone="none", width=_GATE_WIDTH, minutes=_GATE_MINUTES * minutes, epochs=60)
    with TemporaryDirectory() as place:
        folder, started = Path(place), time.monotonic()
        for name, config in (("gate", gate), ("fine", fine)):
            train_bundle(part.learn, config, folder / name, source=names["set"])
        manifest = make_cascade_of(folder / "gate", folder / "fine", part.learn, folder / "cascade")
        fit_s = round(time.monotonic() - started, 1)
        alone = {name: load_recognizer(folder / name, threads=threads) for name in ("gate", "fine")}
        both = load_recognizer(folder / "cascade", threads=threads)
        before = both.asked
        both.recognize(part.judge.pixels)
        share = 1 - (both.asked - before) / len(part.judge)
        told = {name: figures(model.recognize, part.judge, names["seed"]) for name, model in alone.items()}
        return {
            "n": len(part.judge),
            "learned_from": len(part.learn),
            "side": known.small,
            "threads": threads,
            "fit_s": fit_s,
            "threshold": manifest.threshold,
            "fitted": dict(manifest.figures),
            "answered_by_gate": round(share, 4),
            "gate_accuracy": told["gate"]["accuracy"],
            "fine_accuracy": told["fine"]["accuracy"],
            "gate_images_per_second": told["gate"]["images_per_second"],
            "fine_images_per_second": told["fine"]["images_per_second"],
            **figures(both.recognize, part.judge, names["seed"]),
        }
