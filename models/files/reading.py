"""Reads settings from a file, and says of each fault where it is."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from models.files import (
    FORMAT,
    HOUSEHOLD,
    LARGEST,
    ONLY_DECLARED,
    OWN_KEYS,
    SECTIONS,
    Fields,
    Section,
    household_fields,
)
from models.forms import OWN
from models.forms.bodies import misfits
from models.people.names import key_of

LONGEST_SHOWN = 40
NO_OBJECT = "It must be an object with fields."
NO_LIST = "It must be a list."
NEEDS_NAME = "It needs a name."
ONLY_IN_CONFIG = "Only the file that VQS_CONFIG_FILE names can name files or headers."
NOBODYS = "{} belong to a person, so no file can declare them."
OF_A_PERSON = ("views", "exclusions")


class FileFault(NamedTuple):
    """What is wrong, and where: `path` is as in `queues[0].every`; "" is the whole file."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


class FileContent(NamedTuple):
    """What a file holds, of the right types. The values are still to be checked by the forms."""

    household: Mapping[str, Any]
    entries: Mapping[str, list[dict[str, Any]]]

    def of(self, section: Section) -> list[dict[str, Any]]:
        return self.entries.get(section.name, [])


class UnreadableFile(Exception):
    """`faults` says what is wrong.

    `rest` is the content without the fields at fault, so that its values can be judged as well;
    None where too little is left to judge.
    """

    def __init__(self, faults: list[FileFault], rest: FileContent | None = None) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
        self.rest = rest


def read(text: str, *, toml: bool = False, declared: bool = False) -> FileContent:
    """The settings in a text; a `declared` one may name files. Raises UnreadableFile."""
    if len(text.encode()) > LARGEST:
        raise UnreadableFile([FileFault("", f"The file is larger than {LARGEST // 1024} KiB.")])
    found = _parsed(text, toml=toml)
    faults = list(_faults(found, declared=declared))
    if faults:
        raise UnreadableFile(faults, _rest(found, {each.path for each in faults}))
    return FileContent(found.get(HOUSEHOLD, {}), {name: found.get(name, []) for name in SECTIONS})


def _rest(found: dict[str, Any], wrong: set[str]) -> FileContent | None:
    """The content without the fields at these paths; None where whole parts or entries are wrong.

    Others could name what would be missing then, and would be called wrong without being so.
    """
    if any(path in SECTIONS or path == HOUSEHOLD or path.endswith("]") for path in wrong):
        return None
    entries = {
        name: [
            _without(f"{name}[{number}]", each, wrong)
            for number, each in enumerate(found.get(name, []))
        ]
        for name in SECTIONS
    }
    return FileContent(_without(HOUSEHOLD, found.get(HOUSEHOLD, {}), wrong), entries)


def _without(path: str, given: dict[str, Any], wrong: set[str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in given.items()
        if f"{path}.{name[:LONGEST_SHOWN]}" not in wrong
    }


def _parsed(text: str, *, toml: bool) -> dict[str, Any]:
    try:
        found = tomllib.loads(text) if toml else json.loads(text, object_pairs_hook=_each_once)
    except UnreadableFile:
        raise
    except RecursionError:
        raise UnreadableFile([FileFault("", "It is nested too deeply.")]) from None
    except json.JSONDecodeError as error:
        said = f"It is not JSON: line {error.lineno}, column {error.colno}."
        raise UnreadableFile([FileFault("", said)]) from None
    except ValueError as error:
        said = f"It is not TOML: {error}." if toml else "It is not JSON: a number is too long."
        raise UnreadableFile([FileFault("", said)]) from None
    if not isinstance(found, dict):
        raise UnreadableFile([FileFault("", NO_OBJECT)])
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableFile(
            [FileFault("", f"“{twice[:LONGEST_SHOWN]}” stands twice in one place.")]
        )
    return found


def _faults(found: dict[str, Any], *, declared: bool) -> Iterator[FileFault]:
    if found.get("format") != FORMAT or isinstance(found["format"], bool):
        known = f'This version of the program reads format {FORMAT}: write "format": {FORMAT}.'
        yield FileFault("format", known)
    for name in found:
        if name not in OWN_KEYS:
            yield FileFault(name[:LONGEST_SHOWN], f"There is no such part. There are: {_parts()}.")
    yield from _of_household(found.get(HOUSEHOLD, {}))
    for name, section in SECTIONS.items():
        yield from _of_list(section, found.get(name, []), declared=declared)
    for name in OF_A_PERSON if declared else ():
        if found.get(name):
            yield FileFault(name, NOBODYS.format(name.capitalize()))


def _parts() -> str:
    return ", ".join(name for name in OWN_KEYS if name != "$schema")


def _of_household(given: object) -> Iterator[FileFault]:
    if not isinstance(given, dict):
        yield FileFault(HOUSEHOLD, NO_OBJECT)
    else:
        yield from _of_fields(HOUSEHOLD, given, household_fields())


def _of_list(section: Section, given: object, *, declared: bool) -> Iterator[FileFault]:
    if not isinstance(given, list):
        yield FileFault(section.name, NO_LIST)
        return
    if len(given) > section.most:
        yield FileFault(section.name, f"It has more than {section.most} entries.")
        return
    seen: dict[tuple[Any, ...], str] = {}
    for number, entry in enumerate(given):
        path = f"{section.name}[{number}]"
        if not isinstance(entry, dict):
            yield FileFault(path, NO_OBJECT)
            continue
        yield from _of_fields(path, entry, section.fields)
        if not declared:
            names = ONLY_DECLARED.intersection(entry)
            yield from (FileFault(f"{path}.{name}", ONLY_IN_CONFIG) for name in sorted(names))
        key = tuple(_plain(entry.get(name)) for name in section.identity)
        if key == ("",):
            yield FileFault(f"{path}.name", NEEDS_NAME)
        elif key in seen:
            same = "has the same name" if len(key) == 1 else "is about the same"
            yield FileFault(f"{path}.{section.identity[0]}", f"{seen[key]} {same}.")
        seen.setdefault(key, path)


def _plain(value: object) -> str:
    """The value as it counts for what an entry is; "" where it is of no use."""
    return key_of(value) if isinstance(value, str) else str(value) if value is not None else ""


def _of_fields(path: str, given: dict[str, Any], fields: Fields) -> Iterator[FileFault]:
    """The faults of an object: each unknown field, and each value of a wrong type."""
    for name, value in given.items():
        for field, sentence in misfits({name: value}, fields).items():
            shown = name[:LONGEST_SHOWN]
            yield FileFault(
                f"{path}.{shown}", "There is no such field." if field == OWN else sentence
            )
