"""The OpenAPI 3.1 document, made of the declarations."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from models.forms.bodies import fields_of
from models.people.keys import SCOPES
from models.version import VERSION
from views.api.bodies import JSON
from views.api.endpoints import Endpoint
from views.web.problems import MEDIA_TYPE, Problem
from views.web.visitor import API

TITLE = "Vibe-Quality-Searcharr"
REF = "#/components/schemas/{name}"
LIST = re.compile(r"\bListed(?:_|\[)(\w+?)Answer(?:_|\])")
ANSWER = re.compile(r"\b(\w+?)Answer\b")
PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
# Every request may meet these: the key, its limits, the bounds of a request, the database.
ALWAYS = (401, 403, 408, 414, 421, 429, 431, 503)
WORDS = {
    304: "Nothing has changed since.",
    400: "The body is no JSON object.",
    401: "No API key that counts.",
    403: "The key, its person or the queue's owner does not allow it.",
    404: "There is no such thing.",
    408: "The request took too long.",
    409: "It cannot be done now.",
    412: "It has changed since it was read.",
    413: "The body is larger than 1 MB.",
    414: "The address is too long.",
    415: "The body is not sent as JSON.",
    421: "The program does not answer to this host name.",
    422: "A field or a parameter cannot be used; errors says which.",
    428: "If-Match is missing.",
    429: "Too many requests, or too many wrong keys; Retry-After says when to come again.",
    431: "The headers are too large.",
    503: "The database cannot be reached, or not be written.",
}


def document(endpoints: tuple[Endpoint, ...], tags: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    """The document; `tags` are the titles of the groups, each with its number of endpoints."""
    titles = [title for title, number in tags for _ in range(number)]
    types = [each.answer for each in endpoints if _is_typed(each)]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=REF)
    answers = dict(zip((id(each) for each in endpoints if _is_typed(each)), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for title, each in zip(titles, endpoints, strict=True):
        operation = _operation(each, answers.get(id(each)), title)
        paths.setdefault(API + plain(each.path), {})[each.method.lower()] = operation
    made = {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "x-program-version": VERSION},
        "servers": [{"url": "/"}],
        "tags": [{"name": title} for title, _ in tags],
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }
    return _named_shortly(made)


def _named_shortly(made: dict[str, Any]) -> dict[str, Any]:
    """The document with Run and RunList in the place of RunAnswer and of lists of it."""
    text = msgspec.json.encode(made).decode()
    for pattern, short in ((LIST, r"\1List"), (ANSWER, r"\1")):
        text = pattern.sub(short, text)
    read: dict[str, Any] = msgspec.json.decode(text)
    return read


def plain(path: str) -> str:
    """The path as OpenAPI writes it: {id}, not {id:id}."""
    return PARAMETER.sub(r"{\1}", path)


def statuses(endpoint: Endpoint) -> list[int]:
    """Every status that the endpoint may answer with, its success first."""
    found = {*ALWAYS, *endpoint.refusals, 422}
    if PARAMETER.search(endpoint.path):
        found.add(404)
    if endpoint.form is not None:
        found |= {400, 413, 415}
    if endpoint.needs_tag:
        found |= {412, 428}
    if endpoint.has_tag and endpoint.method == "GET":
        found.add(304)
    return [endpoint.status, *sorted(found)]


def parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [_in_path(*each) for each in PARAMETER.findall(endpoint.path)]
    if endpoint.asked is not None:
        for name, schema in fields_of(endpoint.asked).items():
            found.append({"name": name, "in": "query", "schema": _not_null(schema)})
    if endpoint.needs_tag:
        schema = {"type": "string", "pattern": '^(\\*|"[0-9a-f]{32}")$'}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": schema})
    return found


def body_of(endpoint: Endpoint) -> dict[str, Any] | None:
    """The schema of the body; None where there is none."""
    if endpoint.form is None:
        return None
    schema: dict[str, Any] = {
        "type": "object",
        "properties": fields_of(endpoint.form, endpoint.hidden),
        "additionalProperties": False,
    }
    return schema | ({"required": list(endpoint.needed)} if endpoint.needed else {})


def _operation(endpoint: Endpoint, answer: Any, title: str) -> dict[str, Any]:
    first, _, rest = endpoint.words.partition("\n\n")
    needs = f"Needs a key for: {SCOPES[endpoint.scope].lower()}. Least role: {endpoint.role}."
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [title],
        "summary": " ".join(first.split()).removesuffix("."),
        "description": "\n\n".join(part for part in (" ".join(rest.split()), needs) if part),
        "x-scope": endpoint.scope,
        "x-role": endpoint.role,
        "parameters": parameters(endpoint),
        "responses": _responses(endpoint, answer),
    }
    if body := body_of(endpoint):
        content = {JSON: {"schema": body}}
        told["requestBody"] = {"required": bool(endpoint.needed), "content": content}
    return told


def _responses(endpoint: Endpoint, answer: Any) -> dict[str, Any]:
    success, *refusals = statuses(endpoint)
    told: dict[str, Any] = {"description": HTTPStatus(success).phrase}
    if endpoint.answer is not None:
        told["content"] = {JSON: {"schema": answer or {"type": "object"}}}
    if headers := dict(_headers(endpoint)):
        told["headers"] = headers
    return {str(success): told} | {str(each): _refusal(each) for each in refusals}


def _headers(endpoint: Endpoint) -> Iterable[tuple[str, Any]]:
    text = {"schema": {"type": "string"}}
    if endpoint.has_tag:
        yield "ETag", text
    if endpoint.status == 201:
        yield "Location", text


def _refusal(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"description": WORDS[status]}
    if status != 304:
        told["content"] = {MEDIA_TYPE: {"schema": {"$ref": REF.format(name=Problem.__name__)}}}
    return told


def _in_path(name: str, kind: str) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
    schema = number if kind == "id" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _not_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, which is left out where a field would be null."""
    kinds = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    return {**kinds[0]} if len(kinds) == 1 else {**schema}


def _is_typed(endpoint: Endpoint) -> bool:
    return endpoint.answer not in (None, dict)
