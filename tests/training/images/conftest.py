"""Folders of small drawn images, and bundles that were trained on them, once for all tests."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from training.images import backbone
from training.images.config import ImageConfig
from training.images.network import own_features
from training.images.sources import images_in
from training.images.train import Made, train_bundle

# From scratch, at a size at which a training takes seconds.
QUICK = ImageConfig(backbone="none", side=24, preset="digit", width=4, epochs=12, batch_size=16, rate=1e-2)


def draw_images(folder: Path, each: int, *, seed: int = 0, classes: tuple[str, ...] = ("dark", "light")) -> Path:
    """Draw a folder for each class, which differ by how light they are; no two images are alike."""
    draw = np.random.default_rng(seed)
    for place, name in enumerate(classes):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            low = 40 + 140 * place // max(len(classes) - 1, 1)
            image = Image.new("RGB", (40, 30), tuple(draw.integers(low, low + 50, 3).tolist()))
            left, upper = draw.integers(0, 20, 2).tolist()
            spot = tuple(draw.integers(0, 256, 3).tolist())
            ImageDraw.Draw(image).ellipse((left, upper, left + 9, upper + 9), fill=spot)
            image.save(folder / name / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty files: twenty dark images and twenty light ones."""
    return draw_images(tmp_path_factory.mktemp("drawn"), 20)


@pytest.fixture(scope="session")
def made(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A bundle that was trained from scratch on the forty files."""
    bundle = tmp_path_factory.mktemp("made") / "bundle"
    images = images_in(str(drawn), QUICK.side or 0, QUICK.fit)
    return bundle, train_bundle(images, QUICK, bundle, source="drawn")


@pytest.fixture
def own_of_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backbone of our own that has learned nothing, in the place of the one that we ship."""
    weights = tmp_path / "own" / "weights.npz"
    backbone.save_own(own_features(32), weights)
    monkeypatch.setattr(backbone.own_backbone, "__defaults__", (weights,))
    return weights
