"""JSON Schema in words."""

from collections.abc import Callable, Mapping
from typing import Any

_NAMES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "object": "object",
    "null": "`null`",
}
_FORMATS = {
    "date-time": "moment with a time zone (RFC 3339)",
    "date": "date",
    "binary": "bytes",
    "duration": "duration (ISO 8601)",
}


def in_words(schema: Mapping[str, Any], link: Callable[[str], str]) -> str:
    """Return what a schema allows; `link` leads from the name of an object to it."""
    if "$ref" in schema:
        return link(str(schema["$ref"]).rpartition("/")[2])
    for kind in ("anyOf", "oneOf"):
        if kind in schema:
            return " or ".join(dict.fromkeys(in_words(one, link) for one in schema[kind]))
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return in_words(schema["allOf"][0], link)
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {in_words(schema.get('items', {}), link)}{_bounds(schema, 'minItems', 'maxItems')}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {in_words(schema['additionalProperties'], link)}"
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    lengths = _bounds(schema, "minLength", "maxLength", " characters") if schema.get("type") == "string" else ""
    return _NAMES.get(str(schema.get("type", "")), "anything") + lengths + _bounds(schema, "minimum", "maximum")


def _bounds(schema: Mapping[str, Any], least: str, most: str, unit: str = "") -> str:
    low, high = schema.get(least), schema.get(most)
    # The largest number that a database keeps is nobody's bound.
    high = None if high is not None and high >= 2**53 else high
    if low is None and high is None:
        return ""
    if high is None:
        return f", {low:,} or more{unit}" if low else ""
    return f", {low or 0:,} to {high:,}{unit}"
