"""JSON values, brought to the fields of the same forms that pages post."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from models.forms import OWN, Form

WORDS = {
    "string": "Send a text.",
    "integer": "Send a whole number.",
    "boolean": "Send true or false.",
    "array": "Send a list.",
}
OTHER_TYPE = "Send another type of value."
MOST_UNKNOWN = 10
IN_LIST = "This list holds a value of another type."


@cache
def fields_of(form: type[Form], hidden: frozenset[str] = frozenset()) -> dict[str, dict[str, Any]]:
    """The fields that a program may send of a form, with their JSON Schemas."""
    properties: dict[str, dict[str, Any]] = form.model_json_schema()["properties"]
    return {
        name: {key: value for key, value in schema.items() if key != "title"}
        for name, schema in properties.items()
        if name not in hidden
    }


def misfits(sent: Mapping[str, Any], fields: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """A sentence for each value of a wrong type, and for what is no field."""
    unknown = [f"There is no field “{name[:40]}”." for name in sent if name not in fields]
    found = {OWN: " ".join(unknown[:MOST_UNKNOWN])} if unknown else {}
    for name, value in sent.items():
        if name in fields and not fits(value, fields[name]):
            found[name] = _wanted(value, fields[name])
    return found


def fits(value: object, schema: Mapping[str, Any]) -> bool:
    """Whether the value is of the type that the schema names; the form itself judges the rest."""
    if "anyOf" in schema:
        return any(fits(value, each) for each in schema["anyOf"])
    match schema.get("type"):
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            items = schema.get("items", {})
            return isinstance(value, list) and all(fits(each, items) for each in value)
    return isinstance(value, str | int)


def pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The values as a page's form would post them; null is left out."""
    return [
        (name, _typed(each))
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
        if each is not None
    ]


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\0", "")


def _wanted(value: object, schema: Mapping[str, Any]) -> str:
    kinds: Iterable[Any] = (each.get("type") for each in schema.get("anyOf", [schema]))
    kind = next((each for each in kinds if each in WORDS), "")
    return IN_LIST if kind == "array" and isinstance(value, list) else WORDS.get(kind, OTHER_TYPE)
