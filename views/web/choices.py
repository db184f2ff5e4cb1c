"""Choices of forms, made from rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from models.applications import APPLICATIONS


def any_of(rows: Iterable[Any]) -> list[tuple[object, str]]:
    """Choices of a filter: "Any", then each row."""
    return [("", "Any"), *((row.id, row.name) for row in rows)]


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Choices whose value is also their label."""
    return [(name, name) for name in names]


def application_options() -> list[tuple[str, str, str]]:
    """For each application: value, label, and what it holds."""
    return [(each.name, each.label, each.holds) for each in APPLICATIONS.values()]


def instance_options(instances: Iterable[Any]) -> list[tuple[int, str, str]]:
    """For each instance: value, name, and its application."""
    return [
        (instance.id, instance.name, f"{instance.label}{', demo' if instance.demo else ''}")
        for instance in instances
    ]


def shared_out(picks: Iterable[Any]) -> str:
    """How many searches of a run each instance gets: "3 on Living room, 2 on Movies"."""
    names = Counter(pick.items[0].instance.name for pick in picks)
    return ", ".join(f"{count} on {name}" for name, count in names.items())


def zone_groups(zones: Mapping[str, Iterable[str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Time zones by region; labels have spaces for underscores."""
    return [
        (region, [(name, name.partition("/")[2].replace("_", " ") or name) for name in names])
        for region, names in zones.items()
    ]
