"""Every request that the clients make is in every OpenAPI document that it applies to."""

import json
import re
from typing import Any

import pytest

from jobs.arr import Meter
from tests.contract import contract_dir
from tests.jobs.net.raw import Asked, Instance

DOCUMENTS = {"sonarr": ("sonarr-4", "sonarr-5-develop-api-v3"), "radarr": ("radarr-6",)}
VERSIONS = [("sonarr", "4.0.0.1"), ("radarr", "6.1.0.1"), ("radarr", "5.0.0.1")]
COMMAND = {"id": 5, "name": "x", "status": "queued"}


async def everything(application: str, version: str) -> list[Asked]:
    """What a client asks when each of its methods is called."""
    page = {"totalRecords": 0, "records": []}
    answers = ("wanted/missing", "wanted/cutoff", "history")
    lists = ("series", "movie", "history/movie", "queue/details", "health", "qualityprofile")
    more = ("tag", "indexer", "history/since", "release", "customformat")
    nothing: dict[str, Any] = {path: [] for path in (*lists, *more)}
    instance = Instance(**dict.fromkeys(answers, page), **nothing)
    instance.answers |= {"episode/7": {"id": 7}, "movie/7": {"id": 7}, "command/5": COMMAND}
    instance.answers["command"] = lambda asked: COMMAND if asked.method == "POST" else []
    client = instance.client(application, version)
    for want in ("missing", "upgrade"):
        await client.total(want)
        assert [found async for found in client.pages(want)]
    for method in ("status", "health", "profiles", "tags", "indexers", "commands", "downloading"):
        await getattr(client, method)()
    await client.formats()
    await client.scored_grabs(Meter())
    await client.search(7)
    await client.offers(7)
    if application == "sonarr":
        await client.search_season(5, 2)
        await client.offers_of_season(5, 2)
    await client.command(5)
    await client.cancel(5)
    await client.grabs(0, 7)
    assert [found async for found in client.endings(0)] == []
    await client.last_searched(7)
    return instance.asked


def document(name: str) -> Any:
    return json.loads((contract_dir() / "openapi" / f"{name}.json").read_text())


@pytest.mark.parametrize(("application", "version"), VERSIONS)
async def test_each_request_exists_in_the_documents(application: str, version: str) -> None:
    for name in DOCUMENTS[application]:
        described = document(name)
        for asked in await everything(application, version):
            assert wrong_with(asked, described) == [], (name, asked)


def wrong_with(asked: Asked, described: Any) -> list[str]:
    path = "/api/v3/" + re.sub(r"\b\d+$", "{id}", asked.path)
    operation = described["paths"].get(path, {}).get(asked.method.lower())
    if operation is None:
        return [f"{asked.method} {path} does not exist"]
    parameters = {each["name"]: each["schema"] for each in operation.get("parameters", [])}
    wrong = [
        f"{name}={value} does not fit"
        for name, value in asked.query.items()
        if name not in parameters or not fits(value, parameters[name], described)
    ]
    if asked.body is not None and "requestBody" not in operation:
        wrong.append("takes no body")
    return wrong


def fits(value: str, schema: Any, described: Any) -> bool:
    """Whether a query's value can be bound; an enumeration takes its numbers as well."""
    if "$ref" in schema:
        named = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return value in named["enum"] or value.isdigit()
    if schema["type"] == "array":
        return fits(value, schema["items"], described)
    kinds = {"integer": r"\d+", "boolean": "true|false", "string": ".+"}
    return re.fullmatch(kinds[schema["type"]], value) is not None


@pytest.mark.parametrize("application", ["sonarr", "radarr"])
async def test_each_command_has_the_properties_of_the_contract(application: str) -> None:
    documented = {}
    for example in re.findall(
        r'\{"name":"\w+",[^}]*\}', (contract_dir() / "contract.md").read_text()
    ):
        if example.count("?") == 0:
            body = json.loads(example)
            documented[body["name"]] = {name: type(value) for name, value in body.items()}
    asked = await everything(application, "6.0.0.1")
    bodies = [each.body for each in asked if each.body is not None]
    assert bodies
    for body in bodies:
        assert {name: type(value) for name, value in body.items()} == documented[body["name"]]
        assert all(len(value) == 1 for value in body.values() if isinstance(value, list))
