"""An image bundle is used whole and unaltered, or not at all, and answers as the network that it was made of."""

import json
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests.image_bundles import SIDE, plain, tiny_network, tiny_release, write_tiny_bundle
from training.images.export import write_image_bundle
from triage.errors import CannotStart, InvalidBundle
from triage.labels import ImageKind
from triage.serving.image import load_image_model
from triage.serving.image_manifest import read_image_manifest
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest
from triage.serving.text import load_text_model


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A tiny bundle that no test may harm."""
    folder = tmp_path_factory.mktemp("images") / "bundle"
    write_tiny_bundle(folder)
    return folder


@pytest.fixture
def bundle(written, tmp_path):
    """A tiny bundle that a test may harm."""
    return shutil.copytree(written, tmp_path / "bundle")


def test_a_bundle_answers_as_its_network_does(written):
    """Probabilities are the softmax of the network's logits, to a thousandth, in batches of any size."""
    pixels = np.random.default_rng(1).integers(0, 256, (70, SIDE, SIDE, 3)).astype(np.uint8)
    exact = keras.ops.convert_to_numpy(keras.ops.softmax(tiny_network()(pixels)))

    found = load_image_model(written).recognize(pixels)

    assert found.shape == (70, len(ImageKind))
    assert found.dtype == np.float32
    assert np.abs(found - exact).max() < 1e-3
    assert np.allclose(found.sum(axis=1), 1.0, atol=1e-5)


def test_the_temperature_is_applied(tmp_path):
    """A bundle of temperature 2 answers with the softmax of halved logits."""
    network, pixels = tiny_network(), plain((250, 10, 10), (10, 10, 250))
    write_image_bundle(network, tmp_path / "bundle", tiny_release(temperature=2.0))

    found = load_image_model(tmp_path / "bundle").recognize(pixels)

    assert np.allclose(found, keras.ops.softmax(network(pixels) / 2.0), atol=1e-3)


def test_weights_that_half_precision_would_change_are_kept_whole(tmp_path):
    """A network whose answers hang on what float16 cannot hold answers the same from its bundle."""
    network = tiny_network()
    kernel, *rest = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel * 1e6, *rest])  # beyond the largest number of float16
    pixels = plain((250, 10, 10), (10, 10, 250), (120, 130, 140))
    write_image_bundle(network, tmp_path / "bundle", tiny_release())

    found = load_image_model(tmp_path / "bundle").recognize(pixels)

    assert np.allclose(found, keras.ops.softmax(network(pixels)), atol=1e-3)


def test_no_images_have_no_answers(written):
    """Nothing in, nothing out, with the right number of columns."""
    assert load_image_model(written).recognize(plain((0, 0, 0))[:0]).shape == (0, len(ImageKind))


def test_pixels_of_another_size_are_refused(written):
    """A caller that decodes to another side is told so, and not answered."""
    with pytest.raises(ValueError, match=r"\(1, 8, 8, 3\)"):
        load_image_model(written).recognize(plain((0, 0, 0), side=8))


def test_the_manifest_says_what_the_model_is(written):
    """Classes, side, fit and version come back as they were written."""
    manifest = read_image_manifest(written)

    assert manifest.classes == tuple(ImageKind)
    assert (manifest.side, manifest.fit, manifest.kind) == (SIDE, "pad", "image")
    assert manifest.version.startswith("image-")


def test_other_weights_are_another_version(written, tmp_path):
    """Two bundles that answer differently never share a version; the same network gets the same one."""
    other, same = write_tiny_bundle(tmp_path / "other", seed=1), write_tiny_bundle(tmp_path / "same")

    assert other.version != read_image_manifest(written).version == same.version


@pytest.mark.parametrize("name", ["saved_model.pb", "variables/variables.index"])
def test_an_altered_file_is_refused(bundle, name):
    """One byte more in any file and the bundle is not ours; TensorFlow does not see it."""
    with (bundle / name).open("ab") as file:
        file.write(b"\0")

    with pytest.raises(InvalidBundle, match=name):
        load_image_model(bundle)


def test_a_missing_and_a_foreign_file_are_refused(bundle):
    """What the manifest does not know may not lie there, and what it names must."""
    (bundle / "extra.txt").write_text("")
    with pytest.raises(InvalidBundle, match=r"extra\.txt"):
        load_image_model(bundle)

    (bundle / "extra.txt").unlink()
    (bundle / "saved_model.pb").unlink()
    with pytest.raises(InvalidBundle, match=r"saved_model\.pb"):
        load_image_model(bundle)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": 99}, "format 99"),
        ({"kind": "sound"}, "not one of ours"),
        ({"classes": []}, "not one of ours"),
        ({"classes": ["a", "a"]}, "not one of ours"),
        ({"classes": 5}, "not one of ours"),
        ({"side": "16"}, "not one of ours"),
        ({"side": 1_000_000}, "not one of ours"),
        ({"fit": "crop"}, "not one of ours"),
        ({"temperature": 0}, "not one of ours"),
        ({"files": None}, "not one of ours"),
        ({"surprise": 1}, "not one of ours"),
        ({"classes": ["a", "b"]}, "cannot be used"),
        ({"side": 32}, "cannot be used"),
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(bundle, change, word):
    """One sentence says what is wrong with it."""
    path = bundle / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(InvalidBundle, match=word):
        load_image_model(bundle)


def test_a_bundle_of_the_other_kind_is_refused(written):
    """A text bundle in place of an image bundle, and the reverse, is said plainly."""
    with pytest.raises(InvalidBundle, match="reads mail and recognises no images"):
        load_image_model(DEFAULT_BUNDLE)
    with pytest.raises(InvalidBundle, match="recognises images and reads no mail"):
        load_text_model(written)
    with pytest.raises(InvalidBundle, match="recognises images and reads no mail"):
        read_manifest(written)


def test_a_bundle_takes_the_place_of_none_but_a_bundle(tmp_path):
    """What else lies there is not destroyed, and a bundle is replaced whole."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(CannotStart, match="is not a bundle"):
        write_tiny_bundle(tmp_path / "mine")

    first = write_tiny_bundle(tmp_path / "bundle")
    second = write_tiny_bundle(tmp_path / "bundle", seed=1)

    assert read_image_manifest(tmp_path / "bundle").version == second.version != first.version


def test_reading_a_manifest_needs_neither_tensorflow_nor_pillow():
    """The API tells of image models without either."""
    code = (
        "import sys, triage.serving.image_manifest, triage.images.decoder;"
        " sys.exit(bool({'tensorflow', 'PIL'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
