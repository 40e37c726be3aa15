"""The recogniser that we ship: small, whole, and right on pictures of sources that it never learned from."""

from training.kinds.judge import judge
from training.kinds.judgement import told
from training.kinds.sources import LEARNED, attribution
from triage.labels import ImageKind
from triage.serving.image import load_image_model
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE, read_image_manifest


def test_it_is_small_and_names_every_kind():
    """At most 8 MB on disk, its files vouched for, its columns the kinds in their order."""
    manifest = read_image_manifest(DEFAULT_IMAGE_BUNDLE)
    size = sum(path.stat().st_size for path in DEFAULT_IMAGE_BUNDLE.rglob("*") if path.is_file())
    assert size <= 8_000_000
    assert manifest.classes == tuple(ImageKind)


def test_its_card_thanks_whom_it_learned_from():
    card = (DEFAULT_IMAGE_BUNDLE / "model-card.md").read_text(encoding="utf-8")
    assert attribution() in card
    assert all(source.may_ship for source in LEARNED)


def test_it_knows_kinds_of_sources_that_it_never_saw(shared_data, monkeypatch, record_property):
    """Photos of flowers, scans of another time, and another product's screenshots."""
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(shared_data))
    model = load_image_model(DEFAULT_IMAGE_BUNDLE)
    found = told(judge(model.recognize, model.manifest.side, model.manifest.fit, model.manifest.classes))
    record_property("accuracy on sources never seen", round(found["never seen"].accuracy, 3))
    assert found["never seen"].accuracy >= 0.90
    assert found["random split"].accuracy >= 0.95
