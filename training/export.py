"""Write a bundle: the SavedModel, its model card, and the manifest that vouches for both."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf

from training.card import model_card
from training.config import RunConfig
from training.fit import Weights
from training.graph import DeepStage, ReadingGraph
from training.heads import Heads
from training.languages import LANGUAGES
from triage.serving.manifest import Manifest, write_manifest


@dataclass(frozen=True, slots=True)
class Release:
    """All that goes into a bundle."""

    weights: Weights
    heads: Heads
    temperatures: Mapping[str, float]
    figures: Mapping[str, Any]
    config: RunConfig
    corpus_digest: str
    deep: DeepStage | None = None


def export(release: Release, output: Path) -> Manifest:
    """Write the bundle into a folder, replacing the bundle that is there; return its manifest."""
    manifest = Manifest(
        version=_version(release),
        labels={head: tuple(names) for head, names in release.heads.items()} | {"language": LANGUAGES},
        temperatures=dict(release.temperatures),
        figures=dict(release.figures),
        config=asdict(release.config),
        corpus_digest=release.corpus_digest,
        tensorflow=tf.__version__,
        thresholds={} if release.deep is None else dict(release.deep.cascade.thresholds),
    )
    _clear(output)
    graph = ReadingGraph(release.weights, release.temperatures, release.config, release.heads, release.deep)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    signatures = {"serving_default": graph.serve, "explain": graph.explain}
    if release.deep:
        signatures["deepen"] = graph.deepen
    tf.saved_model.save(graph, str(output), signatures=signatures, options=options)
    # What TensorFlow says of the file itself differs from run to run, and loading does not need it.
    (output / "fingerprint.pb").unlink(missing_ok=True)
    (output / "model-card.md").write_text(model_card(manifest), encoding="utf-8")
    write_manifest(output, manifest)
    return manifest


def _version(release: Release) -> str:
    told = json.dumps([asdict(release.config), release.corpus_digest, release.temperatures], sort_keys=True)
    return f"text-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _clear(output: Path) -> None:
    """Remove an older bundle, and nothing that is not one."""
    if (output / "manifest.json").is_file():
        shutil.rmtree(output)
    output.mkdir(parents=True, exist_ok=True)
