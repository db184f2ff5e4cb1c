"""Rows as the choices of a form."""

from models.instances import Instance
from views.web.choices import any_of, zone_groups


def test_a_filter_offers_any_and_each(living_room: Instance, cinema: Instance) -> None:
    assert any_of(Instance.by_name()) == [("", "Any"), (2, "Cinema"), (1, "Living room")]


def test_zones_are_grouped_by_region_and_readable() -> None:
    zones = {"UTC": ["UTC"], "America": ["America/New_York", "America/Lima"]}
    assert zone_groups(zones) == [
        ("UTC", [("UTC", "UTC")]),
        (
            "America",
            [("America/New_York", "New York"), ("America/Lima", "Lima")],
        ),
    ]
