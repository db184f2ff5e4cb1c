"""Rows as the choices of a form."""

from collections.abc import Iterable, Mapping
from typing import Any


def any_of(rows: Iterable[Any]) -> list[tuple[object, str]]:
    """For a filter: any of them, or one."""
    return [("", "Any"), *((row.id, row.name) for row in rows)]


def instance_options(instances: Iterable[Any]) -> list[tuple[int, str, str]]:
    """Value, name, and what it is."""
    return [
        (instance.id, instance.name, f"{instance.label}{', demo' if instance.demo else ''}")
        for instance in instances
    ]


def zone_groups(zones: Mapping[str, Iterable[str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Regions with their zones, underscores as spaces."""
    return [
        (region, [(name, name.partition("/")[2].replace("_", " ") or name) for name in names])
        for region, names in zones.items()
    ]
