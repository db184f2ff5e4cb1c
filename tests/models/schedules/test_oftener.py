"""What is offered to somebody who wants more runs."""

from datetime import UTC, datetime

import pytest

from models.schedules import Schedule
from models.schedules.oftener import oftener

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NIGHT = {"hours": ("22:00", "07:00")}
OFFERED = [
    ({}, "Every hour"),
    ({"every_minutes": 30}, "Every 15 minutes"),
    ({"every_minutes": 15}, None),
    ({"kind": "daily", "times": ("03:00",)}, "Daily at 03:00 and 15:00"),
    (
        {"kind": "daily", "times": ("03:00", "15:00")},
        "Daily at 03:00, 09:00, 15:00 and 21:00",
    ),
    (
        {"kind": "daily", "times": ("23:00",), **NIGHT},
        "Daily at 05:00 and 23:00, between 22:00 and 07:00",
    ),
    ({"kind": "daily", "times": ("03:00",), "hours": ("02:00", "04:00")}, None),
    ({"kind": "weekly", "times": ("03:00",), "weekdays": (5, 6)}, "Daily at 03:00"),
    ({"kind": "weekly", "times": ("03:00",), "weekdays": tuple(range(7))}, None),
    ({"kind": "weekly", "times": ("00:05", "23:55"), "weekdays": (0, 2)}, None),
    ({"kind": "cron", "cron": "0 3 * * *"}, None),
]


@pytest.mark.parametrize(("facts", "words"), OFFERED)
def test_more_runs_are_about_twice_as_many(facts: dict[str, object], words: str | None) -> None:
    found = oftener(Schedule(time_zone="UTC", **facts), NOW)
    assert (found and found.words) == words
