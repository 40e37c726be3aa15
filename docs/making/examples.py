"""Examples of what a schema allows, the same each time."""

from collections.abc import Mapping
from typing import Any

# What stands in a field of that name, where the schema has no example of its own.
_OF_NAME: dict[str, Any] = {
    "mailbox": "support",
    "author": "anna",
    "reason": "reads complaints better",
    "topic": "billing",
    "subject": "Lift stuck",
    "body": "Two people are inside since noon.",
    "text": "Two people are inside since noon.",
    "snippet": "Two people are inside since noon.",
    "address": "jo@example.org",
    "name": "support",
    "version": "shipped",
    "url": "https://example.com/triage",
    "host": "mail.example.com",
    "username": "support@example.com",
    "password": "…",
    "q": "invoice",
    "kind": "screenshot",
    "format": "PNG",
    "state": "read",
    "sentiment": "negative",
    "urgency": "high",
    "labelled": "topic",
    "model_version": "text-1f2e7d90ab34",
    "policy_version": "default",
    "security": "tls",
    "folders": "INBOX",
}
_NUMBERS = {"id": 41, "email_id": 41, "ids": 41, "port": 993, "priority": 0.93, "confidence": 0.97}
_MOMENT = "2026-03-02T12:00:00Z"
_DEEPEST = 4


class Examples:
    """Makes examples; objects are known by name."""

    def __init__(self, objects: Mapping[str, Any]) -> None:
        self._objects = objects

    def of(self, schema: Mapping[str, Any], name: str = "", *, is_taken: bool = False, depth: int = 0) -> Any:
        """Return one example; of what we take only what must be there or has an example of its own."""
        if "examples" in schema:
            return schema["examples"][0]
        if "$ref" in schema:
            found = self._objects.get(str(schema["$ref"]).rpartition("/")[2], {})
            return self.of(found, name, is_taken=is_taken, depth=depth)
        for kind in ("anyOf", "oneOf", "allOf"):
            if kind in schema:
                return self.of(schema[kind][0], name, is_taken=is_taken, depth=depth)
        if "enum" in schema:
            return schema["enum"][0]
        if "const" in schema:
            return schema["const"]
        return self._plain(schema, name, is_taken=is_taken, depth=depth)

    def _plain(self, schema: Mapping[str, Any], name: str, *, is_taken: bool, depth: int) -> Any:
        kind = schema.get("type")
        if kind == "array":
            return (
                [] if depth > _DEEPEST else [self.of(schema.get("items", {}), name, is_taken=is_taken, depth=depth + 1)]
            )
        if kind == "object":
            return self._object(schema, is_taken=is_taken, depth=depth)
        if kind == "boolean":
            return bool(schema.get("default", True))
        if kind in ("integer", "number"):
            likely = 0.97 if name.endswith("_confidence") else max(1, schema.get("minimum", 1))
            return schema.get("default") or _NUMBERS.get(name, likely)
        if schema.get("format") == "date-time":
            return _MOMENT
        return schema.get("default") or _OF_NAME.get(name, "…")

    def _object(self, schema: Mapping[str, Any], *, is_taken: bool, depth: int) -> dict[str, Any]:
        fields, required = schema.get("properties", {}), schema.get("required", ())
        if not fields or depth > _DEEPEST:
            more = schema.get("additionalProperties")
            return {"…": self.of(more, depth=depth + 1)} if isinstance(more, Mapping) and depth <= _DEEPEST else {}
        shown = {
            name: one for name, one in fields.items() if not is_taken or name in required or "examples" in one
        } or dict([next(iter(fields.items()))])
        return {name: self.of(one, name, is_taken=is_taken, depth=depth + 1) for name, one in shown.items()}
