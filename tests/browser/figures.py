"""Pictures for the documentation: written into docs/ when `WRITE_FIGURES` is set, else kept beside all others."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.browser.window import SCREENSHOTS, Window

DOCS = Path(__file__).parents[2] / "docs/figures/story"
SIZE, LOW = {"width": 1280, "height": 800}, {"width": 1280, "height": 420}
COLOURS = 256
MOST_BYTES = 120_000


def keep_figure(window: Window, name: str) -> int:
    """Keep what the window shows, in few colours; return its size in bytes."""
    folder = DOCS if os.environ.get("WRITE_FIGURES") else SCREENSHOTS
    folder.mkdir(parents=True, exist_ok=True)
    shown = Image.open(BytesIO(window.page.screenshot(animations="disabled"))).convert("RGB")
    file = folder / f"{name}.png"
    shown.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size
