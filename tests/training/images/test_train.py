"""A folder of forty files becomes a bundle, from scratch and by transfer, and says what it did."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.images.conftest import QUICK, draw_images
from training.images.backbone import backbone_for, own_backbone, save_own
from training.images.cascade import fit_threshold, make_cascade_of
from training.images.evaluate import evaluated
from training.images.lineage import lineage_of, unseen
from training.images.network import own_features
from training.images.page import image_page
from training.images.sources import images_in
from training.images.squeezenet import squeezenet_features
from training.images.train import train_bundle
from triage.errors import CannotStart, InvalidBundle, InvalidSubmission
from triage.serving.image import load_image_model
from triage.serving.image_cascade import load_recognizer

WEIGHTS = Path(__file__).parents[4] / "shared" / "data" / "weights" / "squeezenet_v1.1_imagenet_notop_tf.h5"


@pytest.mark.slow
def test_forty_files_become_a_bundle_that_says_what_it_did(made, drawn):
    """The bundle tells dark from light on images that it never saw, and how it came about."""
    bundle, told = made
    fresh = images_in(str(draw_images(bundle.parent / "fresh", 10, seed=99)), told.manifest.side, told.manifest.fit)

    report = evaluated(load_image_model(bundle), fresh)

    figures = told.manifest.figures
    assert (figures["learned_from"], figures["images"], told.manifest.classes) == (34, 6, ("dark", "light"))
    assert figures["told"] == ["a small network from scratch, 12 epochs"]
    assert report.figures["accuracy"] >= 0.9
    assert report.images_per_second > 0
    assert "a small network from scratch" in (bundle / "model-card.md").read_text()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bundle(made, drawn, tmp_path):
    """Two runs on the same images have the same version, which is made of the weights."""
    images = images_in(str(drawn), QUICK.side, QUICK.fit)

    again = train_bundle(images, QUICK, tmp_path / "again", source="drawn")

    assert again.manifest.version == made[1].manifest.version


@pytest.mark.slow
def test_the_page_shows_mistakes_and_what_was_trained(made, drawn):
    """Each mistake has a picture, its class, the answer and the confidence; nothing is fetched from elsewhere."""
    bundle, told = made
    images = images_in(str(drawn), told.manifest.side, told.manifest.fit)
    wrong = replace(images, truth=1 - images.truth)

    report = evaluated(load_image_model(bundle), wrong)
    page = image_page(report, wrong.pixels, told.manifest)

    assert len(report.worst) == 24
    assert page.count("<figure>") == 24
    assert "taken for" in page
    assert "a small network from scratch" in page
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.mark.slow
def test_a_class_that_the_bundle_does_not_know_counts_as_wrong(made, tmp_path):
    """Accuracy falls by the share of such images, and the class stands in the table."""
    bundle, told = made
    classes = ("dark", "light", "strange")
    folder = draw_images(tmp_path, 4, seed=3, classes=classes)

    report = evaluated(load_image_model(bundle), images_in(str(folder), told.manifest.side, told.manifest.fit))

    assert report.classes == classes
    assert report.per_class["strange"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "images": 4}
    assert report.figures["accuracy"] <= 8 / 12


@pytest.mark.slow
def test_our_backbone_learns_a_head_and_then_its_top(drawn, tmp_path, own_of_chance):
    """Transfer says how many versions the head learned from, and whether unfreezing helped."""
    config = replace(QUICK, backbone="own", fine_epochs=1, views=1)

    made = train_bundle(images_in(str(drawn), 32, "pad"), config, tmp_path / "bundle", source="drawn")

    assert made.manifest.backbone == "own"
    assert made.manifest.figures["told"][0] == "a head on own, which stood still, from 2 versions of each image"
    assert load_image_model(tmp_path / "bundle").recognize(np.zeros((1, 32, 32, 3), np.uint8)).shape == (1, 2)


def test_our_backbone_keeps_its_weights_at_any_side(tmp_path):
    """One file of weights, with half the digits, fits every side."""
    trained = own_features(96)
    save_own(trained, tmp_path / "weights.npz")

    small = own_backbone(32, tmp_path / "weights.npz").features

    for one, other in zip(trained.get_weights(), small.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-3)


def test_a_backbone_that_is_not_there_is_one_sentence(tmp_path):
    """A wrong name lists the right ones; missing weights of our own name the way out."""
    with pytest.raises(InvalidSubmission, match=r"there is no backbone Nonsense.*MobileNetV2"):
        backbone_for(replace(QUICK, backbone="Nonsense"), 96)
    with pytest.raises(CannotStart, match="give --backbone none"):
        own_backbone(32, tmp_path / "weights.npz")


@pytest.mark.parametrize("kind", ["text", "other layers", "folder"])
def test_a_file_that_is_no_backbone_is_one_sentence(tmp_path, kind):
    """What Keras cannot load, weights of an unknown network, and a folder that is no SavedModel are named."""
    path = tmp_path / "backbone.h5"
    if kind == "text":
        path.write_text("no model")
    elif kind == "folder":
        path.mkdir()
    else:
        import h5py

        with h5py.File(path, "w") as file:
            file.attrs["layer_names"] = [b"dense"]
            file.create_group("dense").attrs["weight_names"] = []

    with pytest.raises(InvalidSubmission, match=r"backbone\.h5"):
        backbone_for(replace(QUICK, backbone=str(path)), 96)


@pytest.mark.slow
def test_a_whole_model_of_keras_is_cut_before_its_pooling(tmp_path):
    """Its last features that have a place are taken, whatever its own head was."""
    import keras

    pixels = keras.Input((24, 24, 3))
    maps = keras.layers.Conv2D(5, 3, strides=2)(keras.layers.Rescaling(1 / 255)(pixels))
    whole = keras.Model(pixels, keras.layers.Dense(7)(keras.layers.GlobalAveragePooling2D()(maps)))
    whole.save(tmp_path / "whole.keras")

    features = backbone_for(replace(QUICK, backbone=str(tmp_path / "whole.keras")), 24).features

    assert features.output_shape == (None, 11, 11, 5)


@pytest.mark.slow
def test_a_saved_model_is_a_backbone_that_stands_still(drawn, tmp_path):
    """It becomes a part of the bundle, which needs it no more."""
    import keras

    pixels = keras.Input((24, 24, 3))
    keras.Model(pixels, keras.layers.Conv2D(6, 3)(pixels)).export(tmp_path / "features", verbose=False)
    config = replace(QUICK, backbone=str(tmp_path / "features"), views=1)
    images = images_in(str(drawn), 24, "pad")

    made = train_bundle(images, config, tmp_path / "bundle", source="drawn")
    (tmp_path / "features").rename(tmp_path / "elsewhere")

    assert made.report.figures["accuracy"] >= 0.8
    assert load_image_model(tmp_path / "bundle").recognize(images.pixels).shape == (40, 2)


@pytest.mark.slow
@pytest.mark.skipif(
    not WEIGHTS.exists() and not os.environ.get("CI"), reason="the weights of SqueezeNet are not beside the repository"
)
def test_weights_of_squeezenet_see_colours(drawn, tmp_path):
    """Weights are loaded by the names of their layers, and a head on them tells dark from light."""
    config = replace(QUICK, backbone=str(WEIGHTS), fine_epochs=0, views=3)

    made = train_bundle(images_in(str(drawn), 64, "pad"), config, tmp_path / "bundle", source="drawn")

    assert made.manifest.backbone == "SqueezeNet v1.1 (ImageNet)"
    assert made.report.figures["accuracy"] >= 0.8
    assert squeezenet_features(64).output_shape[-1] == 512


def test_an_image_is_known_again_by_its_lineage():
    """A bundle's figures tell which images it learned from."""
    digests = [f"{number:02x}" * 32 for number in range(20)]
    first, second = ({"learned": lineage_of(some)} for some in (digests[:10], digests[5:12]))

    assert unseen(digests, first, second) == list(range(12, 20))


def test_a_threshold_lets_the_gate_answer_most_at_the_allowed_loss():
    """With a gate that is right where it is sure, it answers these; one that is never right answers none."""
    truth = np.zeros(100, np.int64)
    confidence = np.linspace(0.51, 0.99, 100)
    sure = np.stack([confidence, 1 - confidence], axis=1)
    half = np.where((np.arange(100) < 50)[:, None], sure[:, ::-1], sure)
    fine = np.tile([0.9, 0.1], (100, 1))

    good, bad = fit_threshold(half, fine, truth, 0.0), fit_threshold(sure[:, ::-1], fine, truth, 0.005)

    assert (good.share, good.together, good.gate) == (0.5, 1.0, 0.5)
    assert (bad.share, bad.together) == (0.0, 1.0)


@pytest.mark.slow
def test_a_cascade_is_a_bundle_of_its_own(made, tmp_path):
    """It answers as its gate where that is sure, counts what it asked, can be replaced, and refuses altered parts."""
    bundle, told = made
    new = images_in(str(draw_images(tmp_path / "new", 15, seed=77)), told.manifest.side, told.manifest.fit)
    manifest = make_cascade_of(bundle, bundle, new, tmp_path / "cascade", loss=0.5)

    model = load_recognizer(tmp_path / "cascade")
    answers = model.recognize(new.pixels)

    assert np.allclose(answers, load_image_model(bundle).recognize(new.pixels))
    assert model.asked == round((1 - manifest.figures["answered_by_gate"]) * len(new))
    assert {"gate_ms", "fine_ms", "cascade_ms", "accuracy"} <= manifest.figures.keys()
    replaced = make_cascade_of(bundle, bundle, new, tmp_path / "cascade", loss=0.5)
    assert replaced.version == manifest.version
    path = tmp_path / "cascade" / "gate" / "manifest.json"
    path.write_text(path.read_text().replace('"light"', '"night"'))
    with pytest.raises(InvalidBundle, match="others than it was made of"):
        load_recognizer(tmp_path / "cascade")


@pytest.mark.slow
def test_a_cascade_is_not_fitted_on_what_was_learned(made, drawn, tmp_path):
    """Images that a bundle learned from do not count, and too few others are one sentence."""
    bundle, told = made
    images = images_in(str(drawn), told.manifest.side, told.manifest.fit)

    with pytest.raises(InvalidSubmission, match="6 of the 40 images are new to both bundles"):
        make_cascade_of(bundle, bundle, images, tmp_path / "cascade")

    assert not (tmp_path / "cascade").exists()
