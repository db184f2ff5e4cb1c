"""The configurations for start pages fit the answer that they are shown with."""

import re
from datetime import datetime
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined

from models.people import User
from tests.docs.pages import rows, section, yaml_of
from tests.fakes.browser import Browser
from tests.programs import Program
from tests.views.api import conftest as api
from tests.views.api.test_summary import library as _library

GUIDE = "docs/how-to/dashboards.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
# The only options of a mapping, by the program that reads it.
FORMATS = {
    "text": str,
    "number": int,
    "percent": float,
    "duration": int,
    "relativeDate": datetime.fromisoformat,
}
unhurried, library = api.unhurried, _library


def blocks(title: str) -> list[Any]:
    """The YAML of a section."""
    found = [read for each in BLOCK.findall(section(GUIDE, title)) for read in yaml_of(each)]
    assert found
    return found


def at(answer: Any, path: str) -> Any:
    """What a dot path leads to, as Homepage and Homarr follow it. Raises KeyError or IndexError."""
    for part in path.split("."):
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


def widgets(tree: Any) -> list[dict[str, Any]]:
    if isinstance(tree, list):
        return [found for each in tree for found in widgets(each)]
    if not isinstance(tree, dict):
        return []
    own = [tree["widget"]] if "widget" in tree else []
    return own + [found for each in tree.values() for found in widgets(each)]


@pytest.fixture
async def answer(unhurried: Browser, library: object, alice: User) -> dict[str, Any]:
    async with Program(unhurried.app, alice, "totals") as program:
        found: dict[str, Any] = await program.get("/summary")
        return found


async def test_homepage_finds_what_it_maps(answer: dict[str, Any]) -> None:
    block, listed, dynamic = widgets(blocks("Homepage"))
    for widget in (block, listed, dynamic):
        assert widget["type"] == "customapi" and widget["url"].endswith("/api/v1/summary")
        assert list(widget["headers"]) == ["X-Api-Key"]
    for mapping in (*block["mappings"], *listed["mappings"]):
        for each in (mapping, mapping.get("additionalField", mapping)):
            FORMATS[each["format"]](at(answer, each["field"]))
    assert len(block["mappings"]) == 4
    shown = dynamic["mappings"]
    for line in at(answer, shown["items"]):
        assert FORMATS[shown["format"]](line[shown["label"]]) >= 0
        assert line[shown["name"]] and line["id"]
    remapped = {each.get("value") for each in listed["mappings"][0]["remap"]}
    assert remapped - {None} < {"ok", "warning", "error", "paused"}
    # A top-level error would be shown instead of the figures.
    assert "error" not in answer


async def test_the_others_find_it_too(answer: dict[str, Any]) -> None:
    paths = [path for _, path in rows(section(GUIDE, "Homarr"))[2:]]
    assert len(paths) == 5 and all(at(answer, path) is not None for path in paths)
    ((glance,),) = blocks("Glance")
    for kind, path in re.findall(r'\.JSON\.(\w+) "([^"]+)"', glance["template"]):
        assert isinstance(at(answer, path), {"String": str, "Int": int, "Array": list}[kind]), path
    for path in re.findall(r'{{ \.(?:String|Int) "([^"]+)"', glance["template"]):
        assert path in answer["instances"][0], path
    (home,) = blocks("Home Assistant")
    for sensor in home["rest"][0]["sensor"]:
        template = Environment(undefined=StrictUndefined).from_string(sensor["value_template"])  # nosec B701 # no HTML
        assert template.render(value_json=answer) not in ("", "None"), sensor["name"]
        assert set(sensor.get("json_attributes", ())) <= answer.keys()
