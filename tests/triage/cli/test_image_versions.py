"""`triage images install`, `versions`, `activate` and `rollback` as a person uses them."""

import json

import pytest

from tests.hollow_bundles import write_hollow_bundle, write_hollow_cascade
from tests.image_bundles import write_tiny_bundle
from tests.triage.cli.test_images import draw
from triage.registry import image_versions
from triage.storage.tables import Recognizer


@pytest.fixture
def images(run, data):
    """Run `triage images …` on an instance; no Redis runs there."""
    return lambda *arguments: run("images", *arguments, "--data", data)


def active(database):
    with database.reading() as session:
        return image_versions.active_version(session)


def test_install_list_activate_and_roll_back(images, database, tmp_path):
    """Every step is a sentence, and the list says who made which version active, and that one was not judged."""
    plain = write_hollow_bundle(tmp_path / "one", "v1", figures={"model": {"accuracy": 0.912}})
    cascade = write_hollow_cascade(tmp_path / "two", "v2")

    installed = images("install", plain, "--force", "--author", "anna", "--reason", "a trial")
    again = images("install", plain)
    images("install", cascade, "--force")
    listed = images("versions").stdout
    activated = images("activate", "v1"), images("activate", "v1")
    rolled_back = images("rollback")

    assert installed.stdout == "images are now recognised with v1: forced, not judged; a trial\n"
    assert again.stdout == "images are already recognised with v1\n"
    assert [one.stdout for one in activated] == [
        "images are now recognised with v1\n",
        "images are already recognised with v1\n",
    ]
    assert rolled_back.stdout == "images are recognised with v2 again\n"
    first, second = listed.splitlines()[1:3]
    assert first.split()[:3] == ["v2", "active", "0.750"]
    assert second.split()[:3] == ["v1", "kept", "0.912"]
    assert "anna" in listed
    assert "forced, not judged; a trial" in listed
    assert active(database) == "v2"
    assert json.loads(images("versions", "--json").stdout)["items"][0]["kind"] == "image-cascade"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("install", "one"), 1, "v1 is judged before it is activated; name a folder of labelled images with --images"),
        (("install", "one", "--images", "mine", "--force"), 2, "--force judges nothing"),
        (("install", "/nowhere", "--force"), 1, "name a folder that training wrote"),
        (("activate", "v9"), 1, "there is no image version v9; `triage images versions` shows which there are"),
        (("rollback",), 1, "there is no version to return to"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(images, database, tmp_path, arguments, code, words):
    """And nothing changes."""
    write_hollow_bundle(tmp_path / "one", "v1")

    done = images(*arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert active(database) is None


def test_doctor_says_what_images_are_recognised_with(run, images, database, data, tmp_path):
    """The active version; and that its archive was altered, before a worker stumbles over it."""
    images("install", write_hollow_bundle(tmp_path / "one", "v1"), "--force")
    sound = run("doctor", "--data", data).stdout
    with database.unit_of_work() as session:
        session.get(Recognizer, "v1").archive += b"\0"
    altered = run("doctor", "--data", data).stdout

    assert "v1, activated for all mailboxes" in " ".join(sound.split())
    assert "the archive of version v1 was altered" in " ".join(altered.split())


@pytest.mark.slow
def test_the_gate_activates_what_is_good_enough_and_refuses_the_rest(images, database, tmp_path):
    """Without an active version an accuracy is asked for; beside one the figure that failed is named, and exit 1."""
    folder = draw(tmp_path / "mine")
    first = write_tiny_bundle(tmp_path / "first", ("dark", "light"))
    write_tiny_bundle(tmp_path / "second", ("dark", "light"), seed=1)

    too_bad = images("install", tmp_path / "first", "--images", folder, "--at-least", 1)
    good_enough = images("install", tmp_path / "first", "--images", folder, "--at-least", 0)
    compared = images("install", tmp_path / "second", "--images", folder)
    nothing = images("install", tmp_path / "second", "--images", tmp_path / "nowhere")

    assert (too_bad.returncode, good_enough.returncode) == (1, 0)
    assert too_bad.stderr.startswith("triage: refused: accuracy is 0.")
    assert good_enough.stdout.startswith(f"images are now recognised with {first.version}: accuracy is 0.")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (1, 1)
    assert "nowhere is not there" in nothing.stderr
    told = compared.stdout + compared.stderr
    assert "of the active version" in told
    assert "40 images)" in told
