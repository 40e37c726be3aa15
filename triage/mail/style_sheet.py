"""What the style sheets of a mail say of its elements, as far as they name a tag, a class or an id by itself.

Rules for some screens or printers only (`@media`) are passed over, as are selectors that look at more than the element.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Self

from lxml.etree import _Element as Element

_MOST_CHARS = 100_000
_MOST_RULES = 2_000
_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|<!--|-->")
_RULE = re.compile(r"([^{}]{0,1000})\{([^{}]{0,5000})\}")
_AT = re.compile(r"@[^{};]{0,500}(?:;|\{(?:[^{}]{0,5000}\{[^{}]{0,5000}\})*[^{}]{0,5000}\})")
_SIMPLE = re.compile(r"[a-z][a-z0-9]{0,20}|[.#][\w-]{1,100}")
_DECLARATION = re.compile(r"([a-z-]{3,30})\s{0,5}:\s{0,5}([^;]{1,200})")
_WATCHED = re.compile(
    r"background|clip|color|display|font|height|indent|left|margin|opacity|overflow|top|transform|visibility|width"
)

Style = Mapping[str, str]


@lru_cache(maxsize=1024)
def declarations(style: str) -> Style:
    """Return the properties that a style sets, in lower case; none where it sets none that hides."""
    style = style[:5000].lower()
    if not style or not _WATCHED.search(style):
        return {}
    return {name: value.replace("!important", "").strip() for name, value in _DECLARATION.findall(style)}


class StyleSheet:
    """Rules by tag (`td`), class (`.footer`) and id (`#top`)."""

    def __init__(self, rules: Mapping[str, Style]) -> None:
        self._rules = rules

    @classmethod
    def of_tree(cls, tree: Element) -> Self:
        """Return what all style sheets of a tree say together; later rules count for more."""
        text = "\n".join(one.text or "" for one in tree.iter("style"))[:_MOST_CHARS]
        rules: dict[str, dict[str, str]] = {}
        for number, (selectors, style) in enumerate(_RULE.findall(_AT.sub(" ", _COMMENT.sub(" ", text)))):
            if number > _MOST_RULES:
                break
            told = declarations(style)
            for selector in selectors.lower().split(",") if told else ():
                if _SIMPLE.fullmatch(selector.strip()):
                    rules.setdefault(selector.strip(), {}).update(told)
        return cls(rules)

    @property
    def has_rules(self) -> bool:
        """Whether it says anything of any element."""
        return bool(self._rules)

    def of(self, element: Element) -> dict[str, str]:
        """Return what the rules say of an element."""
        if not self._rules:
            return {}
        names = [element.tag, *(f".{one}" for one in (element.get("class") or "").lower().split()[:20])]
        names.append(f"#{(element.get('id') or '').lower()}")
        style: dict[str, str] = {}
        for name in names:
            style |= self._rules.get(name, {})
        return style
