"""The reference of the API, from the application's own description: a page for each kind, and one of objects."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from docs.making.examples import Examples
from docs.making.pages import table, write_page
from docs.making.types import in_words
from triage.api.access import api_routes, needed_by
from triage.api.app import create_app
from triage.settings import Settings

OBJECTS = "objects"
ADDRESS = "http://127.0.0.1:8025"
TITLES = {"emails": "Emails", "privacy": "Retention and persons", "health": "Health and metrics", "failed": "Set aside"}
JSON = "application/json"
# Where a description cannot say what must be there: one of several fields.
BODIES: Mapping[tuple[str, str], Any] = {
    ("POST", "/v1/emails"): {
        "from": "Jo Doe <jo@example.org>",
        "subject": "Lift stuck",
        "text": "Two people are inside since noon.",
    },
    ("POST", "/v1/keys"): {"name": "web form", "role": "agent", "mailboxes": ["support"]},
    ("POST", "/v1/labels/bulk"): {"ids": [41, 42], "topic": "billing"},
    ("POST", "/v1/emails/{email_id}/labels"): {"topic": "billing", "urgency": "high", "author": "anna"},
}
# What is the same for every route stands once, on the first page.
SAID_ONCE = ("422",)


def write(folder: Path) -> None:
    """Write all pages of the API."""
    app = described()
    api = Api(app)
    for tag in api.tags:
        write_page(folder / "api" / f"{tag}.md", api.page_of(tag))
    write_page(folder / "api" / f"{OBJECTS}.md", api.objects())
    write_page(folder / "api" / "index.md", api.index())


def described() -> FastAPI:
    """Return the application of the API; nothing of it runs."""
    return create_app(Settings(data_dir=Path(tempfile.gettempdir()) / "triage-documentation"))


class Api:
    """The description of an application, as pages."""

    def __init__(self, app: FastAPI) -> None:
        document = app.openapi()
        self._objects: dict[str, Any] = {**document["components"]["schemas"], **_inner(document["paths"])}
        self._examples = Examples(self._objects)
        self._needs = _needs_of(app)
        self._operations = list(_operations_of(document))
        self.tags = list(dict.fromkeys(operation["tags"][0] for _, _, operation in self._operations))

    def index(self) -> str:
        """Return the first page: every route, and what holds for all."""
        rows = (
            [
                f"[`{method} {path}`]({operation['tags'][0]}.md#{anchor(method, path)})",
                _first_line(operation),
                self._need(method, path),
            ]
            for method, path, operation in self._operations
        )
        pages = "\n".join([*self.tags, OBJECTS])
        return (
            "# API reference\n\n"
            "Made from the application's own description, `/openapi.json`; how the parts play together is in "
            "[API](../../api.md).\n\n"
            "A key goes with every request, `Authorization: Bearer KEY`, but where *nothing* stands below; "
            "[security](../../security.md#keys) says how to make one. Examples take it from the variable `KEY`. "
            "What cannot be understood is answered with 422, and every error is a sentence in `detail` "
            "(`application/problem+json`).\n\n"
            f"{table(['Route', 'Does', 'Needs'], rows)}\n"
            f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
        )

    def page_of(self, tag: str) -> str:
        """Return the page of one kind of thing."""
        parts = [self._route(*one) for one in self._operations if one[2]["tags"][0] == tag]
        return f"# {TITLES.get(tag, tag.capitalize())}\n\n" + "\n".join(parts)

    def objects(self) -> str:
        """Return the page of all objects that routes take and give."""
        parts = ["# Objects\n\nWhat routes take and give, by name. A field that may be missing has its default."]
        for name, schema in sorted(self._objects.items()):
            parts.append(
                f"(object-{name.lower()})=\n\n## {name}\n\n{schema.get('description', '')}\n\n{self._fields(schema)}"
            )
        return "\n\n".join(parts) + "\n"

    def _route(self, method: str, path: str, operation: Mapping[str, Any]) -> str:
        body = operation.get("requestBody", {}).get("content", {})
        parts = [
            f"({anchor(method, path)})=",
            f"## `{method} {path}`",
            operation.get("description", "").strip(),
            f"Needs: {self._need(method, path)}.",
            self._parameters(operation),
            *self._takes(body),
            f"```sh\n{self._curl(method, path, operation, body)}\n```",
            *self._answers(operation["responses"]),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _parameters(self, operation: Mapping[str, Any]) -> str:
        rows = [
            [
                f"`{one['name']}`",
                "path" if one["in"] == "path" else "query" + (", required" if one.get("required") else ""),
                self._type(one["schema"]),
                _default(one["schema"]),
                one.get("description", ""),
            ]
            for one in operation.get("parameters", ())
        ]
        return table(["Parameter", "In", "Type", "Default", "Meaning"], rows) if rows else ""

    def _takes(self, body: Mapping[str, Any]) -> Iterator[str]:
        for kind, content in body.items():
            schema = content.get("schema", {})
            if name := _name_of(schema):
                yield f"Takes `{kind}`: [{name}]({OBJECTS}.md#object-{name.lower()})."
            elif "properties" in schema:
                yield f"Takes `{kind}`:"
                yield self._fields(schema)
            else:
                yield f"Takes `{kind}`: {self._type(schema)}."

    def _answers(self, responses: Mapping[str, Any]) -> Iterator[str]:
        for status, response in responses.items():
            if status in SAID_ONCE:
                continue
            content = response.get("content", {})
            schema = next((one.get("schema", {}) for one in content.values()), {})
            kind = next(iter(content), "")
            said = "" if response["description"] == "Successful Response" else f" {response['description']}"
            what = f": {self._type(schema)}" if schema and kind == JSON else f": `{kind}`" if kind else ""
            yield f"**{status}**{what}.{said}" if what or said else f"**{status}**"
            if kind == JSON and schema:
                example = json.dumps(self._examples.of(schema), ensure_ascii=False, indent=2)
                yield f"```json\n{example}\n```"

    def requests(self) -> Iterator[tuple[str, str, Any]]:
        """Return the request that each route is shown with: method, path, and its body where that is JSON."""
        for method, path, operation in self._operations:
            yield method, self._filled(path, operation), self._body(method, path, operation)

    def _curl(self, method: str, path: str, operation: Mapping[str, Any], body: Mapping[str, Any]) -> str:
        is_told = method not in ("GET", "POST") or (method == "POST" and not body)
        words = ["curl", *([f"-X {method}"] if is_told else []), f"'{ADDRESS}{self._filled(path, operation)}'"]
        if self._need(method, path) != "nothing":
            words.append('-H "Authorization: Bearer $KEY"')
        if JSON in body:
            example = json.dumps(self._body(method, path, operation), ensure_ascii=False)
            return " ".join(words) + f" \\\n     -H 'Content-Type: {JSON}' -d '{example}'"
        if body:
            kind = next(iter(body)).replace("/*", "/jpeg")
            return " ".join(words) + f" \\\n     -H 'Content-Type: {kind}' --data-binary @FILE"
        return " ".join(words)

    def _filled(self, path: str, operation: Mapping[str, Any]) -> str:
        for one in operation.get("parameters", ()):
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", str(self._examples.of(one["schema"], one["name"])))
        return path

    def _body(self, method: str, path: str, operation: Mapping[str, Any]) -> Any:
        if (method, path) in BODIES:
            return BODIES[method, path]
        content = operation.get("requestBody", {}).get("content", {}).get(JSON)
        return content and self._examples.of(content["schema"], is_taken=True)

    def _fields(self, schema: Mapping[str, Any]) -> str:
        if "properties" not in schema:
            return f"{self._type(schema)}\n"
        required = schema.get("required", ())
        rows = (
            [
                f"`{name}`",
                self._type(one),
                "required" if name in required else _default(one),
                one.get("description", ""),
            ]
            for name, one in schema["properties"].items()
        )
        return table(["Field", "Type", "Default", "Meaning"], rows)

    def _type(self, schema: Mapping[str, Any]) -> str:
        return in_words(schema, lambda name: f"[{name}]({OBJECTS}.md#object-{name.lower()})")

    def _need(self, method: str, path: str) -> str:
        return self._needs[method, path]


def anchor(method: str, path: str) -> str:
    """Return the name under which a route is found on its page."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in f"{method} {path}".lower())
    return "-".join(part for part in kept.split("-") if part)


def _operations_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _needs_of(app: FastAPI) -> dict[tuple[str, str], str]:
    said = {}
    for route in api_routes(app):
        needs = needed_by(route)
        of_all = ", for all mailboxes" if needs and needs.whole else ""
        for method in route.methods or ():
            said[method, route.path_format] = f"`{needs.scope}`{of_all}" if needs and needs.scope else "nothing"
    return said


def _inner(found: Any) -> dict[str, Any]:
    """Return the schemas that are told within others."""
    if isinstance(found, list):
        return {name: schema for one in found for name, schema in _inner(one).items()}
    if not isinstance(found, dict):
        return {}
    inner = {name: schema for key, one in found.items() if key != "$defs" for name, schema in _inner(one).items()}
    return inner | found.get("$defs", {})


def _name_of(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else ""


def _default(schema: Mapping[str, Any]) -> str:
    if "default" not in schema or schema["default"] is None:
        return ""
    return f"`{json.dumps(schema['default'], ensure_ascii=False)}`"


def _first_line(operation: Mapping[str, Any]) -> str:
    sentence, stop, _ = operation.get("description", "").partition(". ")
    return sentence + ("." if stop else "")
