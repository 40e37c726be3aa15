"""A bundle is used whole and unaltered, or not at all."""

import json
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from training.corpus import digest_of, triage_corpus
from training.run import shipped_besides
from triage.errors import InvalidBundle
from triage.serving.manifest import DEFAULT_BUNDLE, fingerprint, read_manifest, write_manifest


@pytest.fixture
def bundle(tmp_path):
    """A copy of the shipped bundle that a test may harm."""
    return shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle")


def test_the_shipped_bundle_is_whole_and_small():
    """Its digests hold, and it weighs at most 17 MB, deep stage included."""
    read_manifest(DEFAULT_BUNDLE)

    assert sum(path.stat().st_size for path in DEFAULT_BUNDLE.rglob("*")) <= 17_000_000


def test_the_shipped_bundle_was_made_from_the_committed_corpus(shared_data):
    """The digest in its manifest is that of all mail it learned from; else `make train` and ship anew."""
    learned = [*triage_corpus(), *shipped_besides()]

    assert read_manifest(DEFAULT_BUNDLE).corpus_digest == digest_of(learned)


@pytest.mark.parametrize("name", ["saved_model.pb", "model-card.md", "variables/variables.index"])
def test_an_altered_file_is_refused(bundle, name):
    """One byte more in any file and the bundle is not ours."""
    with (bundle / name).open("ab") as file:
        file.write(b"\0")

    with pytest.raises(InvalidBundle, match=name):
        read_manifest(bundle)


def test_a_missing_and_a_foreign_file_are_refused(bundle):
    """What the manifest does not know may not lie there, and what it names must."""
    (bundle / "extra.txt").write_text("")
    with pytest.raises(InvalidBundle, match=r"extra\.txt"):
        read_manifest(bundle)

    (bundle / "extra.txt").unlink()
    (bundle / "model-card.md").unlink()
    with pytest.raises(InvalidBundle, match=r"model-card\.md"):
        read_manifest(bundle)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": 99}, "format 99"),
        ({"labels": {"topic": ["a"], "sentiment": ["positive"]}}, "sentiment labels"),
        ({"files": None}, "not one of ours"),
        ({"surprise": 1}, "not one of ours"),
    ],
)
def test_another_format_or_labels_are_refused(bundle, change, word):
    """A manifest of another release says so in one sentence."""
    path = bundle / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(InvalidBundle, match=word):
        read_manifest(bundle)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '"text"', '{"labels": []}', "[" * 100_000], ids=lambda one: one[:9]
)
def test_a_manifest_that_is_no_manifest_is_refused(bundle, content):
    """Whatever stands in the file, the error is ours."""
    (bundle / "manifest.json").write_text(content)

    with pytest.raises(InvalidBundle):
        read_manifest(bundle)


def test_an_empty_folder_is_no_bundle(tmp_path):
    """The error says what to name instead."""
    with pytest.raises(InvalidBundle, match="name a folder that training wrote"):
        read_manifest(tmp_path)


def test_a_bundle_that_is_being_replaced_is_whole_or_refused(bundle):
    """Whoever reads while two versions take each other's place sees one of them, or the error that names the bundle."""
    other, aside = bundle.with_name("other"), bundle.with_name("aside")
    shutil.copytree(bundle, other)
    write_manifest(other, replace(read_manifest(other), version="other"))
    whole = {read_manifest(bundle).version, "other"}
    enough = threading.Event()

    def swap():
        while not enough.is_set():
            bundle.rename(aside)
            other.rename(bundle)
            aside.rename(other)

    swapper = threading.Thread(target=swap)
    swapper.start()
    seen = set()
    for _ in range(30):
        fingerprint(bundle)
        try:
            seen.add(read_manifest(bundle).version)
        except InvalidBundle as error:
            assert str(bundle) in str(error)  # noqa: PT017 - either outcome is right
    enough.set()
    swapper.join()

    assert seen <= whole


def test_a_fingerprint_differs_after_every_change(bundle):
    """Equal while nothing happens; another one after a file was written, added or removed, or the folder replaced."""
    seen = [fingerprint(bundle)]
    assert fingerprint(bundle) == seen[0]

    (bundle / "model-card.md").write_text("changed")
    seen.append(fingerprint(bundle))
    (bundle / "new").touch()
    seen.append(fingerprint(bundle))
    (bundle / "new").unlink()
    (bundle / "saved_model.pb").unlink()
    seen.append(fingerprint(bundle))
    shutil.copytree(bundle, bundle.with_name("copy"))
    shutil.rmtree(bundle)
    assert fingerprint(bundle) == ()
    bundle.with_name("copy").rename(bundle)
    seen.append(fingerprint(bundle))

    assert len(set(seen)) == 5


def test_reading_a_manifest_does_not_load_tensorflow():
    """The API and the command line can look at bundles without its seconds and megabytes."""
    code = "import sys, triage.serving.manifest; sys.exit('tensorflow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_published_model_card_is_the_shipped_one():
    """`docs/model-card.md` says of the model what the bundle says of itself."""
    published = Path(__file__).parents[3] / "docs/model-card.md"

    assert published.read_text(encoding="utf-8") == (DEFAULT_BUNDLE / "model-card.md").read_text(encoding="utf-8")
