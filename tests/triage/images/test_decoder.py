"""An image from a stranger gives pixels or one sentence, within its limits, and the decoder goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from datetime import timedelta
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.hostile_images import HOSTILE, PIXELS, endless, png, saved, sound
from triage.errors import DecoderUnavailable, InvalidImage
from triage.images.decoder import Decoder
from triage.images.decoding import decode_here
from triage.images.faults import Fault

SIDE = 32


@pytest.fixture(scope="module")
def shared_decoder():
    """One decoder for many images, whatever they are."""
    with Decoder(SIDE, "pad") as decoder:
        yield decoder


@pytest.fixture
def decoder():
    """A decoder of a test's own."""
    with Decoder(SIDE, "pad") as decoder:
        yield decoder


@pytest.fixture(scope="module")
def heavy():
    """A sound PNG of 49 megapixels whose decoding takes a good part of a second."""
    noise = np.random.default_rng(0).integers(0, 4, (7_000, 7_001), dtype=np.uint8)
    noise[:, 0] = 4  # each row is told by Paeth's predictor
    return png(7_000, 7_000, zlib.compress(noise.tobytes(), 1))


def decode_again_and_again(decoder, data):
    """Decode until that fails; a killer may come too late for one image, but not for many."""
    for _ in range(20):
        decoder.decode(data)


def outcome(decoder, data):
    """Return `pixels`, or the sentence."""
    try:
        pixels = decoder.decode(data).pixels
    except InvalidImage as error:
        return str(error)
    assert pixels.shape == (SIDE, SIDE, 3)
    return PIXELS


@pytest.mark.parametrize("name", sound())
def test_the_child_sees_what_decoding_here_shows(shared_decoder, name):
    """A sound image gives the same from the child, which may open no file, as from this process."""
    here, there = decode_here(sound()[name], SIDE, "pad"), shared_decoder.decode(sound()[name])

    assert (there.format, there.width, there.height) == (here.format, here.width, here.height)
    assert (there.pixels == here.pixels).all()


@pytest.mark.parametrize("group", HOSTILE)
def test_hostile_images_give_pixels_or_a_sentence(shared_decoder, group):
    """Each ends in what may come of it, and a sound image after it gives its pixels as before."""
    expected = shared_decoder.decode(sound()["baseline.jpg"]).pixels

    wrong = {}
    for name, data, may in HOSTILE[group]():
        found = outcome(shared_decoder, data)
        if found not in may:
            wrong[name] = found
        assert (shared_decoder.decode(sound()["baseline.jpg"]).pixels == expected).all(), name

    assert wrong == {}


def test_hostile_images_leave_nothing_behind(shared_decoder):
    """Our own memory does not grow with hostile images, and no file stays open."""
    images = [data for group in HOSTILE.values() for _, data, _ in group()]
    for data in images:
        outcome(shared_decoder, data)
    before, open_before = psutil.Process().memory_info().rss, psutil.Process().num_fds()

    for data in images:
        outcome(shared_decoder, data)

    assert psutil.Process().memory_info().rss - before < 16 << 20
    assert psutil.Process().num_fds() <= open_before


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(sound())),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=6),
    st.floats(0, 1),
    st.integers(1, 3),
)
def test_any_change_of_a_sound_image_gives_pixels_or_a_sentence(shared_decoder, name, edits, kept, times):
    """Bytes overwritten anywhere, the end cut off, the whole repeated: there is an answer, and it is one of ours."""
    data = bytearray(sound()[name])
    for place, put in edits:
        start = int(place * len(data))
        data[start : start + len(put)] = put
    changed = bytes(data[: max(4, int(kept * len(data)))]) * times

    assert outcome(shared_decoder, changed) in {PIXELS, *Fault}


def test_fifty_megapixels_fit(shared_decoder):
    """Every format decodes as many pixels as we allow within the memory that it may take."""
    alpha = Image.new("RGBA", (7_000, 7_000), (200, 10, 30, 128))
    opaque = alpha.convert("RGB")

    for data in (
        saved(opaque, "JPEG", quality=20),
        saved(opaque.convert("CMYK"), "JPEG", quality=20),
        saved(alpha, "PNG", compress_level=1),
        saved(opaque.quantize(4), "GIF"),
        saved(alpha, "WEBP", lossless=True, quality=0, method=0),
        saved(alpha, "TIFF", compression="tiff_lzw"),
    ):
        assert outcome(shared_decoder, data) == PIXELS


def test_a_slow_image_is_given_up():
    """An image that takes longer than it may is an error after that time, and the next has a decoder again."""
    with Decoder(SIDE, "pad", time_limit=timedelta(seconds=1)) as hasty:
        assert outcome(hasty, endless(6_000, 2_000)) == Fault.TOO_SLOW
        assert outcome(hasty, sound()["tracking.png"]) == PIXELS


def test_a_hungry_image_is_given_up(heavy):
    """An image that takes more memory than it may is an error, and the same child goes on."""
    with Decoder(SIDE, "pad", memory_limit=20 << 20) as small:
        assert outcome(small, sound()["tracking.png"]) == PIXELS
        child = small.pid

        assert outcome(small, heavy) == Fault.TOO_LARGE
        assert outcome(small, sound()["tracking.png"]) == PIXELS
        assert small.pid == child


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV])
def test_a_child_killed_or_stopped_between_images_is_replaced(decoder, how):
    """Nobody notices: the next image gives its pixels, however large it is to hand over."""
    decoder.decode(sound()["baseline.jpg"])
    child = decoder.pid
    large = sound()["baseline.jpg"] + bytes(1 << 20)

    os.kill(child, how)

    assert outcome(decoder, large) == PIXELS
    assert decoder.pid != child
    assert not psutil.pid_exists(child)


def test_a_child_killed_over_an_image_is_replaced_once(decoder, heavy):
    """The kernel may have killed it for another's hunger, so the image is given to a successor."""
    decoder.decode(sound()["baseline.jpg"])
    child = psutil.Process(decoder.pid)
    idle = child.cpu_times().user

    def kill_when_busy():
        while child.cpu_times().user <= idle:
            time.sleep(0.002)
        child.kill()

    killer = threading.Thread(target=kill_when_busy)
    killer.start()
    found = outcome(decoder, heavy)
    killer.join()

    assert found == PIXELS
    assert decoder.pid != child.pid


def test_an_image_that_kills_every_child_is_an_error(decoder, heavy):
    """After the second death nobody is given the image any more, and the next image is decoded."""
    over = threading.Event()

    def kill_each():
        while not over.is_set():
            for child in psutil.Process().children():
                if child.pid == decoder.pid and child.cpu_times().user > 0:
                    child.kill()
            time.sleep(0.001)

    decoder.decode(sound()["baseline.jpg"])
    killer = threading.Thread(target=kill_each)
    killer.start()
    try:
        with pytest.raises((InvalidImage, DecoderUnavailable)):
            decode_again_and_again(decoder, heavy)
    finally:
        over.set()
        killer.join()

    assert outcome(decoder, sound()["baseline.jpg"]) == PIXELS


def test_a_child_ends_with_whoever_started_it(tmp_path):
    """When we are killed without a word, the child ends as well."""
    code = (
        "import sys, time; from triage.images.decoder import Decoder; d = Decoder(32, 'pad');"
        " d.decode(open(sys.argv[1], 'rb').read()); print(d.pid, flush=True); time.sleep(100)"
    )
    image = tmp_path / "image"
    image.write_bytes(sound()["baseline.jpg"])
    ours = subprocess.Popen([sys.executable, "-c", code, str(image)], stdout=subprocess.PIPE, text=True)
    assert ours.stdout is not None
    child = psutil.Process(int(ours.stdout.readline()))

    ours.kill()
    ours.wait()

    child.wait(timeout=30)


@pytest.mark.slow
def test_an_image_is_not_late_because_all_was_stopped(tmp_path, heavy):
    """When we and the child are stopped for longer than an image may take, and go on, the image gives its pixels."""
    code = (
        "import sys; from datetime import timedelta; from triage.images.decoder import Decoder\n"
        "d = Decoder(32, 'pad', time_limit=timedelta(seconds=4)); d.decode(open(sys.argv[2], 'rb').read())\n"
        "data = open(sys.argv[1], 'rb').read(); print(d.pid, flush=True); print(d.decode(data).format, flush=True)"
    )
    images = tmp_path / "heavy", tmp_path / "light"
    images[0].write_bytes(heavy)
    images[1].write_bytes(sound()["tracking.png"])
    ours = subprocess.Popen([sys.executable, "-c", code, *map(str, images)], stdout=subprocess.PIPE, text=True)
    assert ours.stdout is not None
    child = psutil.Process(int(ours.stdout.readline()))
    idle = child.cpu_times().user
    while child.cpu_times().user <= idle:
        time.sleep(0.002)

    for stopped in (child, psutil.Process(ours.pid)):
        stopped.suspend()
    time.sleep(5)
    for stopped in (psutil.Process(ours.pid), child):
        stopped.resume()

    assert ours.communicate()[0] == "PNG\n"


def test_a_child_holds_nothing_of_ours(decoder, tmp_path, monkeypatch):
    """It has its pipes and no file or socket of ours, none of our secrets, and may open nothing more."""
    monkeypatch.setenv("TRIAGE_SECRET_KEY", "secret")
    with (tmp_path / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        decoder.decode(sound()["baseline.jpg"])
    child = psutil.Process(decoder.pid)

    assert child.num_fds() == 3
    assert "TRIAGE_SECRET_KEY" not in child.environ()
    assert child.rlimit(psutil.RLIMIT_NOFILE) == (3, 3)
    assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert child.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)


def test_a_child_that_cannot_start_blames_no_image(monkeypatch):
    """Without a program to start, the error is one that time may cure."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Decoder(SIDE, "pad") as decoder, pytest.raises(DecoderUnavailable, match="cannot be started"):
        decoder.decode(sound()["baseline.jpg"])


def test_threads_may_share_a_decoder(shared_decoder):
    """Each gets the pixels of its own image."""
    colours = [(value, 255 - value, 0) for value in range(0, 250, 25)]
    images = [saved(Image.new("RGB", (40, 40), colour), "PNG") for colour in colours]
    found = {}

    def work(place):
        for _ in range(20):
            found[place] = shared_decoder.decode(images[place]).pixels[0, 0].tolist()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(images))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [tuple(found[place]) for place in range(len(images))] == colours


def test_the_child_lets_go_of_a_thousand_images(decoder):
    """After a thousand images another child takes over, so what libraries leave behind does not add up."""
    data = sound()["tracking.png"]
    decoder.decode(data)
    first = decoder.pid

    for _ in range(1_000):
        decoder.decode(data)

    assert decoder.pid != first
    assert not Path(f"/proc/{first}").exists()
