"""Labelled images come from folders and arrays; what cannot be read is named."""

import gzip
import struct

import numpy as np
import pytest

from tests.training.images.conftest import draw_images
from training.images.sources import images_in, usual_side
from triage.errors import CannotStart, InvalidSubmission


def idx(array):
    """Return an array of bytes as an IDX file has it."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def digits(count=6):
    """Return small grey images and the numbers that they are labelled with."""
    draw = np.random.default_rng(0)
    return draw.integers(0, 256, (count, 9, 9), dtype=np.uint8), np.arange(count, dtype=np.uint8) % 3


def test_a_bad_file_is_left_out_with_its_reason(tmp_path):
    """The others are learned from; hidden files are not looked at."""
    folder = draw_images(tmp_path, 3)
    (folder / "dark" / "notes.txt").write_text("no image")
    (folder / "dark" / ".DS_Store").write_text("hidden")
    whole = (folder / "light" / "0.png").read_bytes()
    (folder / "light" / "0.png").write_bytes(whole[: len(whole) // 2])

    found = images_in(str(folder), 16, "pad")

    assert (len(found), found.pixels.shape, found.classes) == (5, (5, 16, 16, 3), ("dark", "light"))
    assert [one.name for one in found.refused] == ["dark/notes.txt", "light/0.png"]
    assert all(one.reason for one in found.refused)
    assert usual_side(str(folder)) == 40


def test_parts_of_a_folder_are_kept_apart(tmp_path):
    """`train` is learned from and `test` judged, where a folder has both."""
    draw_images(tmp_path / "train", 3)
    draw_images(tmp_path / "test", 1, seed=5)

    parts = [images_in(str(tmp_path), 16, "pad", part=part) for part in ("train", "test")]

    assert [len(part) for part in parts] == [6, 2]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_are_read_plain_or_compressed(tmp_path, suffix):
    """The names of MNIST's files say which part and which labels they are."""
    pixels, truth = digits()
    for part, some in (("train", slice(0, 4)), ("t10k", slice(4, 6))):
        for name, array in ((f"{part}-images-idx3-ubyte", pixels[some]), (f"{part}-labels-idx1-ubyte", truth[some])):
            data = idx(array)
            (tmp_path / f"{name}{suffix}").write_bytes(gzip.compress(data) if suffix else data)

    learned, judged = (images_in(str(tmp_path), 9, "pad", part=part) for part in ("train", "test"))

    assert (len(learned), len(judged)) == (4, 2)
    assert np.array_equal(learned.pixels[..., 0], pixels[:4])
    assert [learned.classes[column] for column in learned.truth] == ["0", "1", "2", "0"]


def test_arrays_of_numpy_are_read_with_their_names(tmp_path):
    """Classes without an image are left out."""
    pixels, truth = digits()
    np.savez(tmp_path / "mine.npz", x=pixels, y=truth, class_names=np.array(["a", "b", "c", "none"]))

    found = images_in(str(tmp_path / "mine.npz"), 9, "pad")

    assert (found.classes, len(found), len(set(found.digests))) == (("a", "b", "c"), 6, 6)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("nowhere", None, "nowhere is not there"),
        ("notes.txt", b"hello", "is neither a folder, nor .npz, nor IDX"),
        ("cut.npz", b"PK\x03\x04", "is no file of numpy's arrays"),
        ("a-images-idx3-ubyte", b"\0\0\x08\x03\0\0\0\x01", "is not an IDX file of bytes, or is cut short"),
        ("a-images-idx3-ubyte.gz", b"\x1f\x8b\x08broken", "is not an IDX file of bytes, or is cut short"),
    ],
)
def test_what_is_no_source_is_one_sentence(tmp_path, name, content, sentence):
    """A file that is missing, foreign or cut short is named."""
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(InvalidSubmission, match=sentence):
        images_in(str(tmp_path / name), 16, "pad")


def test_empty_folders_are_one_sentence(tmp_path):
    """A folder without folders, and a class without an image."""
    with pytest.raises(InvalidSubmission, match="has no folders"):
        images_in(str(tmp_path), 16, "pad")
    draw_images(tmp_path, 2)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidSubmission, match=r"there is no image that can be read in .*empty"):
        images_in(str(tmp_path), 16, "pad")


@pytest.mark.parametrize(("x", "y"), [("float", "right"), ("right", "short"), ("flat", "right")])
def test_arrays_that_do_not_fit_together_are_one_sentence(tmp_path, x, y):
    """Wrong types, lengths and shapes are named."""
    pixels, truth = digits()
    images = {"float": pixels / 255, "flat": pixels.reshape(6, -1), "right": pixels}[x]
    np.savez(tmp_path / "mine.npz", x=images, y={"right": truth, "short": truth[:3]}[y])

    with pytest.raises(InvalidSubmission, match=r"mine\.npz"):
        images_in(str(tmp_path / "mine.npz"), 9, "pad")


def test_a_classic_that_cannot_be_fetched_is_one_sentence(monkeypatch):
    """Without a network and a cache the sentence says where else to take it from."""
    from training.images import classics

    def fails():
        raise OSError("no network")

    monkeypatch.setitem(classics.CLASSICS, "mnist", (fails, None))

    with pytest.raises(CannotStart, match=r"mnist is not in Keras' cache and cannot be fetched \(OSError\)"):
        images_in("mnist", 28, "pad")
