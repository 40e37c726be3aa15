"""The HTML of a mail made fit to be shown: nothing runs, nothing comes from elsewhere, links say where they lead.

What is left is shown in a sandboxed frame under a policy of its own, so that a hole in the one is closed by the other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import nh3

MOST_CHARS = 500_000
# Time to clean grows with the square of the depth; mail is nested a few dozen levels deep.
MOST_DEPTH = 1_000

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# These have no end, or one that is left out.
_ENDLESS = frozenset({"area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option"})
_ENDLESS |= {"p", "source", "td", "th", "tr", "wbr"}
_TAGS = nh3.ALLOWED_TAGS - {"area", "bdo", "map"} | {"address", "big", "font"}
_LAYOUT = {"align", "valign", "width", "height", "bgcolor", "color", "border", "cellpadding", "cellspacing"}
_TABLES = {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "div": {"align"},
    "p": {"align"},
    **{tag: {*_LAYOUT, "colspan", "rowspan", "span"} for tag in _TABLES},
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
# Nothing that lays one thing over another, and nothing that takes an address.
_STYLES = {
    *("color", "background-color", "direction", "white-space", "vertical-align", "line-height", "display", "opacity"),
    *("font", "font-family", "font-size", "font-style", "font-weight", "letter-spacing", "text-align", "text-indent"),
    *("text-decoration", "text-transform", "width", "max-width", "min-width", "height", "list-style-type"),
    *(
        f"{name}{side}"
        for name in ("margin", "padding", "border")
        for side in ("", "-top", "-right", "-bottom", "-left")
    ),
    *("border-color", "border-style", "border-width", "border-radius", "border-collapse", "border-spacing"),
}
_WEB, _OTHER_LINKS = frozenset({"http", "https"}), frozenset({"mailto", "tel"})
# They turn the letters after them round: `moc.knab` would read as `bank.com`.
_OVERRIDES = str.maketrans({"\u202d": "⟪LRO⟫", "\u202e": "⟪RLO⟫"})


@dataclass(frozen=True, slots=True)
class HtmlView:
    """HTML that may be shown.

    Attributes:
        images_left_out: How many images it would have fetched from elsewhere.
        is_cut: The mail goes on; this is its beginning.
    """

    html: str
    images_left_out: int
    is_cut: bool


def html_view(html: str, inline_images: Mapping[str, str]) -> HtmlView:
    """Return the HTML of a mail without all that could run, fetch or deceive.

    Args:
        html: As sent.
        inline_images: The mail's own images: Content-ID to the address where we give it out.
    """
    left_out = 0

    def kept(tag: str, attribute: str, value: str) -> str | None:
        nonlocal left_out
        if attribute == "href":
            return true_target(value)
        if (tag, attribute) != ("img", "src"):
            return value
        own = inline_images.get(value.strip()[4:]) if value.strip()[:4].lower() == "cid:" else None
        left_out += own is None
        return own

    end = _end(html)
    cleaned = nh3.clean(
        html[:end],
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        filter_style_properties=_STYLES,
        url_schemes={*_WEB, *_OTHER_LINKS, "cid"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )
    return HtmlView(visible_overrides(cleaned), left_out, is_cut=end < len(html))


def true_target(link: str) -> str | None:
    """Return where a link leads, without what dresses it up; `None` where it leads nowhere that we follow.

    A name before `@` reads like a host and is none, and letters that look like Latin ones are written as what they are.
    """
    try:
        parts = urlsplit(link.strip())
        host, port = parts.hostname or "", parts.port
        if parts.scheme in _OTHER_LINKS:
            return link.strip()
        if parts.scheme not in _WEB or not host:
            return None
        host = host.encode("idna").decode() if not host.isascii() else host
    except ValueError:
        return None
    shown = f"[{host}]" if ":" in host else host
    return urlunsplit(
        (parts.scheme, shown if port is None else f"{shown}:{port}", parts.path, parts.query, parts.fragment)
    )


def visible_overrides(text: str) -> str:
    """Return text in which characters that force the reading direction can be seen and do nothing."""
    return text.translate(_OVERRIDES)


def _end(html: str) -> int:
    """Return up to where HTML is shown: its bound, or where it is nested too deeply."""
    end, depth = min(len(html), MOST_CHARS), 0
    for tag in _TAG.finditer(html, 0, end):
        if tag[2].lower() not in _ENDLESS:
            depth += -1 if tag[1] else 1
        if depth > MOST_DEPTH:
            return tag.start()
    return end
