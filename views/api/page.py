"""The pages that show the API to people: the OpenAPI document as plain HTML."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from views.api.declared import BY_GROUP, ENDPOINTS
from views.api.openapi import document
from views.web.endpoint import query
from views.web.render import render

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


class ShownField(NamedTuple):
    """A field of a body or an answer, or a parameter; `bounds` are words such as "1 to 50"."""

    name: str
    type: str
    bounds: str
    is_needed: bool


class ShownObject(NamedTuple):
    """An object that answers hold, with its fields."""

    name: str
    words: str
    fields: list[ShownField]


class Operation(NamedTuple):
    """An endpoint as the page shows it; `objects` are what its answer is made of."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[ShownField]
    body: list[ShownField]
    answers: list[tuple[str, str]]
    objects: list[ShownObject]


def show(request: Request) -> Response:
    """All endpoints by group, or the one that the address names."""
    name, below = query(request, "read"), request.app.state.base_path
    if not name:
        return render(request, "api/index.html", groups=groups(), below=below)
    found = next((each for each in operations() if each.name == name), None)
    if found is None:
        raise HTTPException(404)
    return render(request, "api/show.html", operation=found, below=below)


@cache
def specification() -> dict[str, Any]:
    """The OpenAPI document."""
    return document(tuple(ENDPOINTS), tuple((title, len(each)) for title, each in BY_GROUP.items()))


@cache
def operations() -> list[Operation]:
    return [_operation(*each) for each in _raw()]


@cache
def groups() -> dict[str, list[Operation]]:
    """The operations by the title of their group."""
    found: dict[str, list[Operation]] = {}
    for (_, _, told), one in zip(_raw(), operations(), strict=True):
        found.setdefault(told["tags"][0], []).append(one)
    return found


def _raw() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in specification()["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def _operation(path: str, method: str, told: dict[str, Any]) -> Operation:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    needed = (body or {}).get("required", [])
    fields = (body or {}).get("properties", {}).items()
    first = next(iter(told["responses"].values()))
    answer = first.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        description=told["description"],
        parameters=[
            field_of(each["name"], each["schema"], is_needed=each.get("required", False))
            for each in told["parameters"]
        ],
        body=[field_of(name, schema, is_needed=name in needed) for name, schema in fields],
        answers=[(status, each["description"]) for status, each in told["responses"].items()],
        objects=list(_objects(answer, set())),
    )


def field_of(name: str, schema: Mapping[str, Any], *, is_needed: bool) -> ShownField:
    kinds = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    inner = kinds[0] if len(kinds) == 1 else schema
    low = inner.get("minimum", inner.get("minLength", inner.get("minItems")))
    high = inner.get("maximum", inner.get("maxLength", inner.get("maxItems")))
    bounds = ", ".join(str(each) or "“”" for each in inner.get("enum", ()))
    if not bounds and high is not None:
        bounds = f"{low} to {high}" if low is not None else f"at most {high}"
    elif not bounds and low is not None:
        bounds = f"at least {low}"
    return ShownField(name, type_of(schema), bounds, is_needed)


def type_of(schema: Mapping[str, Any]) -> str:
    """The type in words."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " or ".join(type_of(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if schema.get("format") == "date-time":
        return "moment"
    return TYPES.get(schema.get("type", "string"), "text")


def _objects(schema: Mapping[str, Any], seen: set[str]) -> Iterator[ShownObject]:
    """The objects that a schema names, each once, from the outermost on."""
    if "$ref" in schema:
        name = _name(schema)
        if name in seen:
            return
        seen.add(name)
        found = specification()["components"]["schemas"][name]
        fields = found.get("properties", {})
        needed = found.get("required", [])
        shown = [field_of(each, told, is_needed=each in needed) for each, told in fields.items()]
        yield ShownObject(name, " ".join(found.get("description", "").split()), shown)
        for told in fields.values():
            yield from _objects(told, seen)
    inner = (schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ()))
    for each in inner:
        if isinstance(each, dict):
            yield from _objects(each, seen)


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"].rpartition("/")[2])
