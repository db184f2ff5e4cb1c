"""Rows as the choices of a form."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from models.applications import APPLICATIONS


def any_of(rows: Iterable[Any]) -> list[tuple[object, str]]:
    """For a filter: any of them, or one."""
    return [("", "Any"), *((row.id, row.name) for row in rows)]


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Names that stand for themselves."""
    return [(name, name) for name in names]


def application_options() -> list[tuple[str, str, str]]:
    """Value, name, and what it holds."""
    return [(each.name, each.label, each.holds) for each in APPLICATIONS.values()]


def instance_options(instances: Iterable[Any]) -> list[tuple[int, str, str]]:
    """Value, name, and what it is."""
    return [
        (instance.id, instance.name, f"{instance.label}{', demo' if instance.demo else ''}")
        for instance in instances
    ]


def shared_out(picks: Iterable[Any]) -> str:
    """Of the searches of a run, how many on which instance: "3 on Living room, 2 on Movies"."""
    names = Counter(pick.items[0].instance.name for pick in picks)
    return ", ".join(f"{count} on {name}" for name, count in names.items())


def zone_groups(zones: Mapping[str, Iterable[str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Regions with their zones, underscores as spaces."""
    return [
        (region, [(name, name.partition("/")[2].replace("_", " ") or name) for name in names])
        for region, names in zones.items()
    ]
