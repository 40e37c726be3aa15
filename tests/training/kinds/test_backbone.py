"""What our own backbone learns from, and that it learns."""

import hashlib

import numpy as np
import pytest

from training.kinds.collection import pictures_of
from training.kinds.sources import BY_NAME, LEARNED
from training.pretraining.__main__ import on_main_axes, pretrain
from training.pretraining.crops import CROPS, SIDE, crops, is_kept_out
from training.pretraining.teacher import load_teacher
from triage.errors import CannotStart


def test_crops_are_of_what_may_ship_and_leave_a_fifth_of_trashnet_out(public_pictures, monkeypatch):
    """As many crops of each picture as there should be; packages' photos apart."""
    in_archives = [source for source in LEARNED if not source.archive.startswith("package:")]
    monkeypatch.setattr("training.pretraining.crops.LEARNED", in_archives)
    found = list(crops(1))

    pictures = {source.name: pictures_of(source) for source in in_archives}
    every = sum(map(len, pictures.values())) + 1  # and the one of paper, which kinds are not learned from
    trash = [*pictures["trashnet"].values(), pictures_of(BY_NAME["refuse"]).get("", b"")]
    out = sum(is_kept_out(hashlib.sha256(data).hexdigest()) for data in trash if data)
    assert 0 < out < len(trash)
    assert len(found) in (CROPS * (every - out), CROPS * (every - out - 1))
    assert {pair[0].shape for pair in found} == {(SIDE, SIDE, 3)}


def test_the_same_seed_gives_the_same_crops(public_pictures, monkeypatch):
    monkeypatch.setattr("training.pretraining.crops.LEARNED", [BY_NAME["logos"]])
    first, again, other = (np.stack([small for small, _ in crops(seed)]) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_main_axes_keep_what_varies_most():
    """Of features that vary along one axis only, the first column tells all."""
    draw = np.random.default_rng(0)
    strength = draw.normal(size=(200, 1)).astype(np.float32)
    turned = on_main_axes(strength @ draw.normal(size=(1, 8)).astype(np.float32))
    assert abs(np.corrcoef(turned[:, 0], strength[:, 0])[0, 1]) > 0.999
    assert turned.std() == pytest.approx(1.0, abs=1e-3)


def test_the_network_learns_what_the_teacher_says():
    """What it computes of light and dark crops tells them apart, after a teacher that does."""
    draw = np.random.default_rng(0)
    light = draw.integers(0, 2, 128)
    pixels = (draw.integers(0, 80, (128, SIDE, SIDE, 3)) + 120 * light[:, None, None, None]).astype(np.uint8)
    taught = (light[:, None] + 0.01 * draw.normal(size=(128, 4))).astype(np.float32)
    network = pretrain(pixels, taught, epochs=4, seed=1)
    found = network(pixels[:32, :96, :96].astype(np.float32), training=False).numpy().mean(axis=(1, 2))
    dark, bright = found[light[:32] == 0].mean(axis=0), found[light[:32] == 1].mean(axis=0)
    assert np.linalg.norm(dark - bright) > found[light[:32] == 0].std(axis=0).mean()


def test_a_teacher_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CannotStart, match="--teacher"):
        load_teacher(tmp_path / "none.tflite")
