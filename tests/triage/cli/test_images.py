"""`triage images`: a folder per class in, a bundle and its figures out, and what a bundle says of files."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.image_bundles import write_tiny_bundle


def draw(folder: Path, each: int = 20) -> Path:
    """Draw a folder of dark and one of light images, each of a colour of its own."""
    for name, low in (("dark", 20), ("light", 180)):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            colour = (low + number, low + 3 * number % 50, low + 7 * number % 50)
            image = Image.new("RGB", (20, 20), colour)
            image.paste((255 - low, number * 9 % 255, 99), (number % 10, number % 7, number % 10 + 6, number % 7 + 5))
            image.save(folder / name / f"{number}.png")
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A bundle that answers by colour."""
    bundle = tmp_path_factory.mktemp("tiny") / "bundle"
    write_tiny_bundle(bundle, ("dark", "light"))
    return bundle


@pytest.mark.slow
def test_a_folder_of_forty_files_becomes_a_bundle_that_can_be_judged(run, tmp_path):
    """Training says what it did, names bad files, and a page is written; evaluation prints one object."""
    folder, bundle, page = draw(tmp_path / "mine"), tmp_path / "bundle", tmp_path / "page.html"
    (folder / "dark" / "bad.jpg").write_bytes(b"no image")

    told = ("--backbone", "none", "--side", 24, "--preset", "digit", "--epochs", 6, "--report", page)
    trained = run("images", "train", folder, *told, "--output", bundle)
    judged = run("images", "evaluate", "--bundle", bundle, folder, "--json")

    assert (trained.returncode, judged.returncode) == (0, 0)
    figures = dict(line.split("\t") for line in trained.stdout.splitlines() if not line.startswith("confused"))
    assert (figures["learned from"], figures["held out"], figures["left out"]) == (
        "34 images (24 pixels)",
        "6 images",
        "1 files",
    )
    assert "left out: dark/bad.jpg: the file is no image" in trained.stderr
    answer = json.loads(judged.stdout)
    assert {"accuracy", "macro_f1", "per_class", "ece", "images_per_second", "confusion"} <= answer.keys()
    assert (answer["images"], answer["refused"][0]["name"]) == (40, "dark/bad.jpg")
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.slow
def test_files_are_answered_in_their_order_and_a_bad_one_fails_at_the_end(run, tiny, tmp_path):
    """A file that is no image and one that is not there are error lines among the others; the exit code is 1."""
    folder = draw(tmp_path / "mine", each=2)
    (tmp_path / "bad.png").write_bytes(b"no image")
    files = [folder / "dark" / "0.png", tmp_path / "bad.png", tmp_path / "nowhere.png", folder / "light" / "1.png"]

    lines = run("images", "predict", "--bundle", tiny, *files)
    objects = run("images", "predict", "--bundle", tiny, *files, "--json")

    assert (lines.returncode, objects.returncode) == (1, 1)
    assert [line.split("\t")[0] for line in lines.stdout.splitlines()] == list(map(str, files))
    answers = [json.loads(line) for line in objects.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert answers[0]["class"] in {"dark", "light"}
    assert sum(answers[0]["probabilities"].values()) == pytest.approx(1, abs=1e-3)


@pytest.fixture
def train_here(tmp_path, capsys, monkeypatch):
    """What `triage images train` becomes, in this process; returns the exit code and stderr."""
    from training.images.run import main

    def trains(*arguments):
        code = main([*map(str, arguments), "--backbone", "none", "--side", "16"])
        return code, capsys.readouterr().err

    monkeypatch.chdir(tmp_path)
    return trains


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        (None, "mine is not there; name a folder"),
        ({}, "mine has no folders; put the images of each class"),
        ({"dark": 5}, "all images have the class dark"),
        ({"dark": 1, "light": 1}, "class dark has no two images"),
        ({"dark": 5, "light": 0}, "there is no image that can be read in mine/light"),
    ],
)
def test_what_nothing_can_be_learned_from_is_one_sentence(train_here, tmp_path, folders, sentence):
    """No folder, one class, one image of a class, an empty class: each is named, and no bundle is written."""
    if folders is not None:
        drawn = draw(tmp_path / "drawn", each=5)
        (tmp_path / "mine").mkdir()
        for name, count in folders.items():
            (tmp_path / "mine" / name).mkdir()
            for number in range(count):
                (drawn / name / f"{number}.png").rename(tmp_path / "mine" / name / f"{number}.png")

    code, said = train_here("mine", "--output", tmp_path / "bundle")

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("triage: ")
    assert sentence in said
    assert not (tmp_path / "bundle").exists()


@pytest.mark.slow
def test_an_output_that_holds_other_things_is_never_replaced(train_here, tmp_path):
    """It is refused before the work begins."""
    draw(tmp_path / "mine", each=3)

    code, said = train_here("mine", "--output", tmp_path / "mine")

    assert (code, said.count("\n")) == (1, 1)
    assert "is there and is not a bundle" in said


@pytest.mark.slow
def test_ctrl_c_is_one_line_and_leaves_no_bundle(tmp_path):
    """While it learns: exit 130, nothing written, no traceback."""
    folder, output = draw(tmp_path / "mine"), tmp_path / "models" / "bundle"
    told = ["--backbone", "none", "--side", "24", "--epochs", "500", "-o", str(output)]

    with subprocess.Popen(
        [sys.executable, "-m", "triage", "images", "train", str(folder), *told], stderr=subprocess.PIPE, text=True
    ) as training:
        assert training.stderr.readline().startswith("training: 1/")
        training.send_signal(signal.SIGINT)
        said = [line for line in training.stderr.read().splitlines() if not line.startswith("training: ")]

    assert training.returncode == 130
    assert said == ["triage: stopped before it was done; nothing was changed"]
    assert not output.parent.exists() or not list(output.parent.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "mine"],
        ["train", "mine", "--output", "bundle", "--side", "4"],
        ["train", "mine", "--output", "bundle", "--epochs", "0"],
        ["predict"],
        ["evaluate", "--json"],
        ["cascade", "gate", "fine", "--output", "bundle"],
    ],
)
def test_wrong_usage_is_told_without_loading_tensorflow(run, arguments):
    """A command that was not understood says on stderr what is wrong with it, and exits 2."""
    done = run("images", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr
