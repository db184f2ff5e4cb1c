"""Other programs: they ask the API with a key, and hold each answer against the document."""

import re
from types import TracebackType
from typing import Any, Self

import httpx
from jsonschema import Draft202012Validator

from models.database.fields import now
from models.people import User
from models.people.keys import ApiKey
from tests.fakes.arr import FakeArr
from tests.fakes.browser import ADDRESS
from views.api.declared import ENDPOINTS
from views.api.endpoints import Endpoint
from views.api.openapi import plain
from views.api.page import specification

API = "/api/v1"
PROBLEM = "application/problem+json"
PROBLEMS = {"$ref": "#/components/schemas/Problem"}

# A body that does what the endpoint is for, in the furnished household.
BODIES: dict[str, dict[str, Any]] = {
    "instances.create": {
        "application": "radarr",
        "name": "Cinema",
        "url": "http://192.168.77.2:9",
        "api_key": FakeArr.key,
        "anyway": True,
    },
    "instances.update": {"hourly_budget": 11},
    "queues.create": {"instances": [1]},
    "queues.update": {"batch_size": 7},
    "queues.start": {"start": "now"},
    "queues.run": {"ignore_cooldown": True},
    "exclusions.create": {"item": 1, "kind": "item", "until": "7"},
}


class Program:
    """A program with a key of this person; without a person it has none."""

    def __init__(
        self, app: Any, user: User | None, scope: str = "write", peer: str = "127.0.0.1"
    ) -> None:
        headers = {"Accept-Encoding": "identity"}
        if user is not None:
            self.key, secret = ApiKey.make(user, scope, scope, now())
            headers["X-Api-Key"] = secret
        transport = httpx.ASGITransport(app, client=(peer, 50_000))
        self.http = httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer, which is as it is documented."""
        answer = await self.http.request(method, API + path, **sent)
        conforms(answer)
        return answer

    async def get(self, path: str, **sent: Any) -> Any:
        """What a successful GET answers."""
        answer = await self.ask("GET", path, **sent)
        assert answer.status_code == 200, answer.text
        return answer.json()


def conforms(answer: httpx.Response) -> None:
    """Whether status, type and content are those that the document names for this request."""
    method, path = answer.request.method, answer.request.url.path
    said = {**specification(), "operation": None}
    operation = _operation(method, path)
    where = f"{method} {path}: {answer.status_code} {answer.text[:500]}"
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
    if answer.status_code in (404, 405) and operation is None:
        kind, schema = PROBLEM, PROBLEMS
    else:
        assert operation is not None, where
        told = operation["responses"].get(str(answer.status_code))
        assert told is not None, f"not documented: {where}"
        assert set(told.get("headers", ())) <= set(map(_titled, answer.headers)), where
        if "content" not in told:
            assert answer.content == b"", where
            return
        ((kind, content),) = told["content"].items()
        schema = content["schema"]
    assert answer.headers["content-type"] == kind, where
    faults = Draft202012Validator({**said, **schema}).iter_errors(answer.json())
    assert not [f"{list(each.path)}: {each.message}" for each in faults], where


def _titled(name: str) -> str:
    return "ETag" if name == "etag" else name.title()


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, methods in specification()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    return None


def path_of(endpoint: Endpoint, **parts: object) -> str:
    """The address below /api/v1 with these in the place of its parameters."""
    return plain(endpoint.path).format(**parts)


def sent(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if endpoint.name in BODIES:
        found["json"] = BODIES[endpoint.name]
    if endpoint.needs_tag:
        found["headers"] = {"If-Match": "*"}
    return found


def in_order() -> list[Endpoint]:
    """All endpoints: those that only read first, then those that delete what others need last."""
    return sorted(ENDPOINTS, key=_rank)


def _rank(endpoint: Endpoint) -> int:
    needed = ("/queues/{id:id}", "/instances/{id:id}")
    if endpoint.method != "DELETE":
        return int(endpoint.method != "GET")
    return 3 + needed.index(endpoint.path) if endpoint.path in needed else 2
