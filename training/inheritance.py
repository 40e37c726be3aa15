"""The weights of a bundle, as the start of a model of other mail and other topics.

A model of one mailbox begins where the shipped one ended: it has read thousands of mails before its first label, so a
few labels move it and hundreds are learned in seconds. N-grams that the bundle has no row for get one that starts at
nothing, and so do the columns of topics that it does not know; what is not taken over is its deep stage.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.architecture import attention_columns
from training.config import DeepConfig, RunConfig
from training.features import Features, Integers, Vocabulary, mails_of_buckets
from training.fit import Weights
from training.heads import Heads, size_of
from triage.serving.manifest import read_manifest

MOST_NEW_NGRAMS = 40_000
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"  # how a checkpoint names what a variable holds


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a bundle leaves: its weights, the heads that they answer, how sure it may be, and its choices."""

    weights: Weights
    heads: Heads
    temperatures: dict[str, float]
    config: RunConfig


def inheritance_of(bundle: Path) -> Inheritance:
    """Return the weights of a bundle's fast stage, as near as its bytes keep them.

    Raises:
        InvalidBundle: The folder is no bundle of ours, or is incomplete or altered.
    """
    manifest = read_manifest(bundle)
    value = _variables(bundle)
    members = range(sum(name.startswith("_bytes/") for name in value))
    parts = [value[f"_bytes/{one}"].astype(np.float32) * value[f"_scales/{one}"][:, None] for one in members]
    vocabulary = Vocabulary(value["_buckets"], value["_ngram_weights"])
    dense = {
        name.removeprefix("_dense/").replace("_", "/"): held
        for name, held in value.items()
        if name.startswith("_dense/")
    }
    weights = Weights(vocabulary, np.concatenate(parts, axis=1), dense)
    # Of languages the last, `other`, is known by words and has no column.
    heads = {**manifest.labels, "language": manifest.labels["language"][:-1]}
    told = {field.name: manifest.config[field.name] for field in fields(RunConfig) if field.name != "deep"}
    config = RunConfig(**told, deep=DeepConfig(**manifest.config["deep"]))
    return Inheritance(weights, heads, dict(manifest.temperatures), config)


def _variables(bundle: Path) -> dict[str, npt.NDArray[Any]]:
    """Return what the variables of a bundle's fast stage hold; the program itself, which takes more, is not loaded."""
    stored = tf.train.load_checkpoint(str(bundle / "variables" / "variables"))
    names = sorted(name.removesuffix(_VALUE) for name in stored.get_variable_to_shape_map() if name.endswith(_VALUE))
    return {name: stored.get_tensor(f"{name}{_VALUE}") for name in names if not name.startswith("_deep")}


def begin_with(left: Inheritance, heads: Heads, features: Features, mails: Integers) -> Weights:
    """Return weights to begin with for other heads, with rows for what these mails say and the bundle never saw."""
    columns = _columns(left.heads, heads)
    dense = {
        name: _moved(value, columns) if _is_of_labels(name) else value for name, value in left.weights.dense.items()
    }
    vocabulary, rows = _widened(left.weights.vocabulary, features, mails, left.config.min_mails)
    cut = attention_columns(left.config)[-1]
    old = left.weights.table
    table = np.zeros((len(rows), cut + size_of(heads)), np.float32)
    known = rows >= 0
    table[known, :cut] = old[rows[known], :cut]
    table[known, cut:] = _moved(old[rows[known], cut:], columns)
    return Weights(vocabulary, table, dense)


def _is_of_labels(name: str) -> bool:
    return name.endswith(("head/kernel", "head/bias", "linear/bias"))


def _columns(old: Heads, new: Heads) -> Integers:
    """Return, per label of the new heads in order, the column of the old ones that it had, -1 for none."""
    before = [(head, str(name)) for head, names in old.items() for name in names]
    places = {label: place for place, label in enumerate(before)}
    return np.array([places.get((head, str(name)), -1) for head, names in new.items() for name in names])


def _moved(values: npt.NDArray[np.float32], columns: Integers) -> npt.NDArray[np.float32]:
    """Return the columns (last axis) in another order, zeros for those that there were not."""
    moved = np.where(columns >= 0, values[..., np.maximum(columns, 0)], 0.0)
    return moved.astype(np.float32)


def _widened(old: Vocabulary, features: Features, mails: Integers, min_mails: int) -> tuple[Vocabulary, Integers]:
    """Return a vocabulary with the n-grams of these mails as well, and each row's place in the old one, -1 for none."""
    counts = mails_of_buckets(features, mails)
    counts[old.buckets] = 0
    frequent = np.argsort(-counts, kind="stable")[:MOST_NEW_NGRAMS]
    new = frequent[counts[frequent] >= min_mails].astype(np.int32)
    weights = (np.log((len(mails) + 1) / (counts[new] + 1)) + 0.3).astype(np.float32)
    buckets = np.concatenate([old.buckets, new])
    order = np.argsort(buckets, kind="stable")
    rows = np.concatenate([np.arange(1, len(old.buckets) + 1), np.full(len(new), -1)])[order]
    together = np.concatenate([old.weights[1:], weights])[order]
    return Vocabulary(buckets[order], np.insert(together, 0, 0.0)), np.insert(rows, 0, 0)
