"""The benchmark of images: its tables say what its rows hold, and images in use are other images."""

import numpy as np

from benchmarks.images.deployment import as_deployed
from benchmarks.images.tables import blocks
from benchmarks.tables import ROOT, with_block


def row(**told):
    """Return a row of results."""
    usual = {
        "question": "recognise",
        "set": "cucumber9",
        "variant": "batch 1",
        "seed": 7,
        "contender": "ours",
        "n": 495,
    }
    figures = {"accuracy": 0.9, "macro_f1": 0.8, "ece": 0.05, "deployed_accuracy": 0.7, "images_per_second": 200.4}
    return usual | figures | {"side": 32, "threads": 2, "learned_from": 1980, "fit_s": 60.2} | told


def test_a_set_in_parts_is_one_line_with_its_spread():
    """Accuracy is the mean over the parts, n the images of all."""
    table = blocks([row(), row(variant="batch 2", accuracy=0.8)])["recognise"]

    assert table.splitlines()[-1] == (
        "| `cucumber9` | ours | 32 | 1,980 | 990 | .850 ± .071 | .800 ± .000 | .050 ± .000 | .700 ± .000 | 200 | 60 |"
    )


def test_the_page_has_a_place_for_every_table():
    """What is measured can be written into docs/images.md."""
    gate = {"gate_accuracy": 0.8, "fine_accuracy": 0.9, "answered_by_gate": 0.7, "threshold": 0.9}
    speeds = {"gate_images_per_second": 900.0, "fine_images_per_second": 100.0}
    page = (ROOT / "docs" / "images.md").read_text(encoding="utf-8")

    for name, block in blocks([row(), row(question="cascade", **gate, **speeds)]).items():
        page = with_block(page, name, block)

    assert "| `cucumber9` | 495 | .800 | .900 | .900 | .700 | .900 | 900, 100, 200 |" in page


def test_images_in_use_differ_and_the_seed_decides_how():
    """The same seed gives the same images, another one others; sizes stay."""
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)

    one, same, other = (as_deployed(pixels, seed) for seed in (1, 1, 2))

    assert one.shape == pixels.shape
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, pixels)
