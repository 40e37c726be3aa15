"""How fast images are decoded, on one core, through the process that does it.

    python -m benchmarks.decoding [--side 96] [--seconds 5] [--page docs/images.md]

The images are made here: a phone's JPEG (4 megapixels, quality 85), a screenshot as PNG (2 megapixels, text and
windows), a small PNG. Each is decoded again and again for so many seconds, three times in turn; a figure is the median
of the three, with the lowest and highest. With `--page` the table is written between its marks there.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.tables import markdown, with_block
from triage.images.decoder import Decoder

_REPETITIONS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Print or write the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoding", description="Measure decoding.")
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--page", type=Path)
    told = parser.parse_args(arguments)
    table = markdown(rows(told.side, told.seconds))
    if told.page is None:
        print(table)
    else:
        told.page.write_text(with_block(told.page.read_text(encoding="utf-8"), "decoding", table), encoding="utf-8")
    return 0


def rows(side: int, seconds: float) -> list[list[str]]:
    """Return the table, a row for each image."""
    images = {
        "phone, JPEG, 2,312 × 1,734": phone(),
        "screenshot, PNG, 1,920 × 1,080": screenshot(1_920, 1_080),
        "small, PNG, 320 × 200": screenshot(320, 200),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in images}
    with Decoder(side, "pad") as decoder:
        for _ in range(_REPETITIONS):
            for name, data in images.items():
                found[name].append(speed(decoder, data, seconds))
    table = [["image", "kB", "images/s", "CPU-ms of the child"]]
    for name, data in images.items():
        rates, costs = zip(*found[name], strict=True)
        table.append([name, f"{len(data) / 1e3:,.0f}", _spread(rates, 0), _spread(costs, 2)])
    return table


def speed(decoder: Decoder, data: bytes, seconds: float) -> tuple[float, float]:
    """Return images a second, and the processor time that one takes the child, in milliseconds."""
    decoder.close()  # a child of its own, which is not replaced before its thousandth image
    decoder.decode(data)
    before, began, times = _spent(decoder), time.monotonic(), 0
    while time.monotonic() - began < seconds and times < 900:
        decoder.decode(data)
        times += 1
    return times / (time.monotonic() - began), 1e3 * (_spent(decoder) - before) / times


def phone() -> bytes:
    """Return a photograph of nothing: soft shapes and grain, as large a file as a phone's."""
    draw = np.random.default_rng(0)
    soft = Image.fromarray(draw.integers(0, 256, (54, 72, 3)).astype(np.uint8)).resize((2_312, 1_734))
    grain = draw.normal(0, 6, (1_734, 2_312, 1))
    return _saved(Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8)), "JPEG", quality=85)


def screenshot(width: int, height: int) -> bytes:
    """Return windows with lines of text."""
    image = Image.new("RGB", (width, height), (240, 240, 245))
    pen = ImageDraw.Draw(image)
    for left in range(0, width, 480):
        pen.rectangle((left + 10, 10, left + 460, height - 10), "white", "gray")
        pen.rectangle((left + 10, 10, left + 460, 34), (40, 90, 160))
        for line in range(44, height - 24, 14):
            pen.text(
                (left + 20, line), f"{line * 7919 % 9973} The quick brown fox jumps over the lazy dog, {left}", "black"
            )
    return _saved(image.filter(ImageFilter.SMOOTH), "PNG")


def _saved(image: Image.Image, name: str, **options: int) -> bytes:
    file = BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def _spent(decoder: Decoder) -> float:
    times = psutil.Process(decoder.pid).cpu_times()
    return float(times.user + times.system)


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


if __name__ == "__main__":
    sys.exit(main())
