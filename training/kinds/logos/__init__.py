"""Logos and decorations: marks with or without words, icons, banners, dividers, signatures as pictures."""

from collections.abc import Callable

from PIL import Image

from training.kinds.logos.banners import banner, divider, signature, spacer
from training.kinds.logos.emblems import app_icon, emblem, wordmark
from training.kinds.studio import Studio

_DECORATIONS: tuple[Callable[[Studio], Image.Image], ...] = (
    emblem, emblem, emblem, app_icon, app_icon, app_icon, wordmark, wordmark, wordmark,
    banner, banner, signature, divider, spacer,
)  # fmt: skip


def logo(studio: Studio) -> Image.Image:
    """Return a logo or another decoration, RGB, 16 to 640 pixels wide."""
    return studio.dice.pick(_DECORATIONS)(studio)
