"""What of an HTML mail a person sees.

Who hides text in a mail writes it for machines: white on white, in letters of no size, beyond the edge. It is no text
of the mail. Colours and sizes are inherited until something inside sets another; what takes all that it holds out of
sight cannot be undone inside. Where the ground is not known, as under a picture, text counts as seen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml.etree import _Element as Element

from triage.mail.style_sheet import StyleSheet, declarations

Colour = tuple[int, int, int]

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_LEAST_CONTRAST = 20  # of 255, in the channel that differs most
_COLOUR = re.compile(r"#([0-9a-f]{3,8})\b|rgba?\(([^)]{5,60})\)|\b(white|snow|ivory|black|transparent)\b")
_NAMED = {"white": _WHITE, "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": _BLACK}
_NUMBER = re.compile(r"-?\d*\.?\d+")
_LENGTH = re.compile(r"(-?\d{0,6}\.?\d{1,6})\s*(px|pt|r?em|%|vw|vh)?")
_TINIEST = {"": 2.0, "px": 2.0, "pt": 2.0, "em": 0.15, "rem": 0.15, "%": 15.0, "vw": 0.2, "vh": 0.2}
_FAR = {"": 500.0, "px": 500.0, "pt": 400.0, "em": 40.0, "rem": 40.0, "%": 99.0, "vw": 99.0, "vh": 99.0}
_NO_SIZE_IN_FONT = re.compile(r"(?:^|\s)0(?:px|pt|em|%)?\s*(?:/|\s)")
_CLIPPED = re.compile(r"rect\(\s*0[a-z]*[,\s]+0[a-z]*[,\s]+0[a-z]*[,\s]+0|inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0")


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of an element looks; a colour is `None` where nobody can say."""

    colour: Colour | None = _BLACK
    ground: Colour | None = _WHITE
    is_tiny: bool = False

    @property
    def is_legible(self) -> bool:
        """Whether a person can read it."""
        if self.is_tiny:
            return False
        if self.colour is None or self.ground is None:
            return True
        return max(abs(one - other) for one, other in zip(self.colour, self.ground, strict=True)) >= _LEAST_CONTRAST


PLAIN = Look()


def look_of(element: Element, around: Look, sheet: StyleSheet) -> Look | None:
    """Return how the text of an element looks, given what is around it; `None` where all it holds is out of sight."""
    style = {**sheet.of(element), **declarations(element.get("style") or "")}
    if _is_out_of_sight(style):
        return None
    look = around
    if element.tag == "a" or element.tag == "button":
        look = replace(look, colour=None)  # a browser gives them colours of its own
    for name, attribute in (("color", "color"), ("color", "text"), ("background-color", "bgcolor")):
        if (told := element.get(attribute)) and name not in style and len(told) < 30:
            style = style | {name: told.lower()}
    if element.get("background") or any(name.startswith("background") for name in style):
        look = replace(look, ground=_ground(style, look.ground, is_picture=bool(element.get("background"))))
    if "color" in style:
        look = replace(look, colour=_colour(style["color"], look.ground))
    if "font-size" in style or "font" in style:
        look = replace(look, is_tiny=_is_tiny(style))
    return look


def _is_out_of_sight(style: Mapping[str, str]) -> bool:
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if "opacity" in style and (found := _NUMBER.match(style["opacity"])) and float(found[0]) <= 0.05:
        return True
    if style.get("overflow", "").startswith(("hidden", "clip")) and any(
        _length(style.get(side, ""), _TINIEST, at_most=True) for side in ("max-height", "height", "max-width", "width")
    ):
        return True
    if _CLIPPED.search(style.get("clip", "") + style.get("clip-path", "")) or "scale(0)" in style.get("transform", ""):
        return True
    is_placed = style.get("position") in ("absolute", "fixed", "relative")
    sides = ("text-indent", "margin-left", "margin-top", *(("left", "top") if is_placed else ()))
    return any(_length(style.get(side, ""), _FAR, at_most=False) for side in sides)


def _length(value: str, bounds: Mapping[str, float], *, at_most: bool) -> bool:
    """Say whether a length is at most a bound, or so far below zero."""
    found = _LENGTH.match(value)
    if found is None:
        return False
    number, bound = float(found[1]), bounds[found[2] or ""]
    return number <= bound if at_most else number <= -bound


def _is_tiny(style: Mapping[str, str]) -> bool:
    if "font-size" in style:
        return _length(style["font-size"], _TINIEST, at_most=True)
    return bool(_NO_SIZE_IN_FONT.search(style["font"]))


def _ground(style: Mapping[str, str], around: Colour | None, *, is_picture: bool) -> Colour | None:
    told = " ".join(style[name] for name in ("background", "background-image", "background-color") if name in style)
    if is_picture or "url(" in told or "gradient" in told:
        return None
    if told.strip() in ("", "none", "inherit", "initial", "unset", "transparent"):
        return around
    return _colour(told, around)


def _colour(told: str, ground: Colour | None) -> Colour | None:
    """Return a colour; what is transparent has that of the ground."""
    found = _COLOUR.search(told)
    if found is None:
        return None
    if found[1]:
        return _of_digits(found[1], ground)
    if found[2]:
        numbers = [float(one) for one in _NUMBER.findall(found[2])]
        if len(numbers) < 3 or "%" in found[2]:
            return None
        is_seen = len(numbers) < 4 or numbers[3] > 0.05
        return (int(numbers[0]), int(numbers[1]), int(numbers[2])) if is_seen else ground
    return _NAMED.get(found[3], ground)


def _of_digits(digits: str, ground: Colour | None) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(2 * one for one in digits)
    if len(digits) not in (6, 8):
        return None
    if len(digits) == 8 and int(digits[6:], 16) < 13:
        return ground
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
