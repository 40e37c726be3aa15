"""The fonts of the machine by what they look like, or Pillow's own where there are none."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from training.kinds.dice import Dice

Role = Literal["serif", "sans", "mono", "hand", "display"]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
# Parts of file names, the first that fits decides.
_ROLES: Mapping[Role, str] = {
    "mono": "mono courier cursor hack code typewriter consol inconsolata terminus",
    "hand": "breip isabella humor ruf dancing hand script chorus comic ecolier vibes felipa",
    "display": "bebas lobster league oswald jura play yanone anton junction adventor",
    "serif": "serif times termes pagella bonum schola georgia garamond libertin crimson gelasio caladea cardo",
    "sans": "sans arial helvet heros roboto lato inter cantarell ubuntu carlito verdana tahoma segoe noto montserrat",
}
_NOT_LATIN = (
    "math",
    "arab",
    "hebr",
    "cjk",
    "emoji",
    "symbol",
    "devan",
    "thai",
    "icons",
    "awesome",
    "dingbat",
    "braille",
    "cyr",
)


class Typefaces:
    """Font files by role; every role has some face, whatever the machine has."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._files: dict[str, list[str]] = {role: [] for role in _ROLES}
        for file in _font_files((*folders, *SYSTEM_FOLDERS)):
            if role := _role(file.name.lower()):
                self._files[role].append(str(file))

    def pick(self, dice: Dice, role: Role) -> str:
        """Return the name of a face of this look, for `font`; empty for Pillow's own."""
        files = self._files[role] or self._files["sans"]
        return dice.pick(files) if files else ""


@lru_cache(maxsize=512)
def font(face: str, size: int) -> Font:
    """Return a face at a size in pixels."""
    return ImageFont.truetype(face, max(size, 4)) if face else ImageFont.load_default(max(size, 4))


def _font_files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for suffix in ("ttf", "otf"):
            yield from sorted(folder.rglob(f"*.{suffix}"))


def _role(name: str) -> Role | None:
    if any(part in name for part in _NOT_LATIN):
        return None
    return next((role for role, parts in _ROLES.items() if any(part in name for part in parts.split())), None)
