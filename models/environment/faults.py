"""What is said of settings that cannot be used: the variable, what was given, what is allowed."""

import os
import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import JsonValue
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from models.declared import PREFIX, SUFFIX, Declared, file_variables, variable

LONGEST_SHOWN = 80
# Kubernetes tells each pod of a Service named vqs: VQS_PORT=tcp://10.0.0.1:7337 and the like.
OF_KUBERNETES = re.compile(r"VQS_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")
AN_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
KEEPS_AWAY = "`enableServiceLinks: false` in the pod keeps it away"
# The types of pydantic's errors whose own text says less than what is allowed does.
BOUNDS = re.compile("int_.*|greater_than.*|less_than.*|literal_error|bool_.*|path_.*|string_type")

# Marks a setting that is a secret, or names the file of one.
OF_SECRET: dict[str, JsonValue] = {"secret": True}  # nosec B105 # a mark

# What the pages say otherwise, where there is a list to choose from.
OUTSIDE = {"time_zone": "it must be the name of a time zone, such as Europe/Berlin"}


def sentence(error: ErrorDetails, fields: Mapping[str, FieldInfo], given: Declared | None) -> str:
    """One sentence for one setting. `given` is None where no source declares it."""
    why = error["msg"].removeprefix("Value error, ").removesuffix(".")
    if not error["loc"]:
        return f"{why}."
    name = str(error["loc"][0])
    if name == "port" and given and not given.hidden and AN_ADDRESS.match(given.text):
        return (
            f"VQS_PORT cannot be used: Kubernetes put {_shown(given.text)} there, because a Service"
            f" is named vqs; {KEEPS_AWAY}, and so does another name of the Service."
        )
    if BOUNDS.fullmatch(error["type"]):
        why = f"it must be {allowed(fields[name])}"
    why = OUTSIDE.get(name, why[:1].lower() + why[1:])
    return f"{variable(name)} cannot be used: {_what(fields[name], given)}{why}."


def is_secret(field: FieldInfo) -> bool:
    """Whether the value, or what its file holds, is a secret."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and "secret" in extra


def unreadable(name: str, given: Declared) -> str:
    return f"{variable(name)} cannot be used: it was given by {given.where}, but {given.fault}."


def allowed(field: FieldInfo) -> str:
    """What the setting may be, as in "it must be a whole number from 1 to 65535"."""
    kinds = _kinds(field.annotation)
    for kind in kinds:
        if get_origin(kind) is Literal:
            return f"one of {', '.join(map(str, get_args(kind)))}"
    if bool in kinds:
        return "true or false"
    if Path in kinds:
        return "the path of a file"
    if int in kinds:
        return f"a whole number{_bounds(field.metadata)}"
    return "a text"


def _kinds(annotation: Any) -> list[Any]:
    """The annotation, or the parts of a union such as `Path | None`."""
    is_union = get_origin(annotation) not in (None, Literal)
    return list(get_args(annotation)) if is_union else [annotation]


def _bounds(metadata: Collection[Any]) -> str:
    least = next((each.ge for each in metadata if isinstance(each, Ge)), None)
    most = next((each.le for each in metadata if isinstance(each, Le)), None)
    if least is None:
        return "" if most is None else f" of at most {most}"
    return f" of at least {least}" if most is None else f" from {least} to {most}"


def _what(field: FieldInfo, given: Declared | None) -> str:
    """What was given, but for a secret: whoever forgets the file writes the secret itself."""
    if given is None:
        return ""
    if given.hidden:
        return f"what {given.where} holds was given; "
    if is_secret(field) and not os.path.lexists(given.text):
        return "what was given is not shown, as it is no file and may be the secret itself; "
    return f"{_shown(given.text)} was given; "


def _shown(text: str) -> str:
    """The text in quotation marks, cut, with an escape for what cannot be printed."""
    cut = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut) + '"'


def unknown_names(given: Collection[str], names: Collection[str]) -> list[str]:
    """A sentence for each variable with our prefix that is not one of the settings."""
    known = {variable(name) for name in names} | file_variables(names)
    others = sorted(each for each in given if each.startswith(PREFIX) and each not in known)
    injected = [each for each in others if OF_KUBERNETES.fullmatch(each)]
    said = [f"{each} is not a setting of this program{_guess(each, known)}" for each in others]
    if injected:
        said = [each for each in said if each.partition(" ")[0] not in injected]
        said.append(
            f"{', '.join(injected)}: no setting of this program, but what Kubernetes tells of a "
            f"Service named vqs; {KEEPS_AWAY}."
        )
    return said


def _guess(name: str, known: Collection[str]) -> str:
    in_a_file = name + SUFFIX.upper()
    if in_a_file in known:
        return f": it belongs in a file, which {in_a_file} names."
    like = get_close_matches(name, known, n=1, cutoff=0.8)
    return f"; did you mean {like[0]}?" if like else "."
