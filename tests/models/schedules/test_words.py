"""A schedule as people say it."""

import pytest

from models.schedules import Schedule

SAID = [
    ({}, "Every 2 hours"),
    ({"every_minutes": 60}, "Every hour"),
    ({"every_minutes": 90}, "Every 90 minutes"),
    ({"every_minutes": 3 * 24 * 60}, "Every 3 days"),
    ({"kind": "daily", "times": ("15:00", "03:00")}, "Daily at 03:00 and 15:00"),
    ({"kind": "daily", "times": ("01:00", "02:00", "03:00")}, "Daily at 01:00, 02:00 and 03:00"),
    ({"kind": "weekly", "times": ("03:00",), "weekdays": (4, 0)}, "Mondays and Fridays at 03:00"),
    (
        {"kind": "weekly", "times": ("03:00",), "weekdays": (0, 1, 2, 3, 4)},
        "Mondays to Fridays at 03:00",
    ),
    (
        {"kind": "weekly", "times": ("03:00",), "weekdays": (0, 1, 4)},
        "Mondays, Tuesdays and Fridays at 03:00",
    ),
    ({"kind": "weekly", "times": ("03:00",), "weekdays": tuple(range(7))}, "Daily at 03:00"),
    ({"kind": "cron", "cron": "0 3 * * 1-5"}, "At 03:00 on Monday through Friday"),
    ({"kind": "cron", "cron": "0 3 21 * *"}, "At 03:00 on the 21st day of every month"),
    (
        {"kind": "cron", "cron": "0 3 11,12,13,22,23 * *"},
        "At 03:00 on the 11th, the 12th, the 13th, the 22nd, and the 23rd day of month",
    ),
    ({"kind": "cron", "cron": "*/45 3 * * *"}, "At 03:00 and 03:45 every day"),
    ({"kind": "cron", "cron": "0 */5 * * 1"}, "At 00:00, 05:00, 10:00, 15:00 and 20:00 on Monday"),
    ({"kind": "cron", "cron": "*/45 * * * *"}, "At minutes 0 and 45 of every hour"),
    ({"kind": "cron", "cron": "*/15 * * * *"}, "Every 15 minutes"),
    ({"kind": "cron", "cron": "5 */2 * * 6"}, "Every 2 hours from 00:05 on Saturday"),
    (
        {"kind": "cron", "cron": "0 3 1,15 * 5"},
        "At 03:00 on the first and the 15th day of month or on Friday",
    ),
    (
        {"kind": "cron", "cron": "0 3 */2 * 1"},
        "At 03:00 on every second day of month, if it is on Monday",
    ),
    ({"kind": "cron", "cron": "0 3 1-31 * 1"}, "At 03:00 every day"),
    ({"kind": "cron", "cron": "0 3 15 6 0-7"}, "At 03:00 every day in June"),
    ({"kind": "cron", "cron": "0/45 * * * *"}, "At minutes 0 and 45 of every hour"),
    ({"kind": "cron", "cron": "0 3 1/30 * *"}, "At 03:00 on the first and the 31st day of month"),
    ({"kind": "cron", "cron": "0 3 * * */7"}, "At 03:00 on Sunday"),
    ({"kind": "cron", "cron": "0 3 * * 0,7"}, "At 03:00 on Sunday"),
    ({"kind": "cron", "cron": "0 0 */1 * *"}, "At 00:00 every day"),
    (
        {"kind": "cron", "cron": "0 3 */10 * *"},
        "At 03:00 on the first, the 11th, the 21st, and the 31st day of month",
    ),
    ({"kind": "cron", "cron": "3 o'clock"}, "Cron “3 o'clock”, which cannot be read"),
    ({"hours": ("22:00", "07:00")}, "Every 2 hours, between 22:00 and 07:00"),
    (
        {"hours": (("22:00", "07:00"), ("12:00", "13:00"))},
        "Every 2 hours, between 22:00 and 07:00 or between 12:00 and 13:00",
    ),
]


@pytest.mark.parametrize(("facts", "words"), SAID, ids=[words for _, words in SAID])
def test_a_schedule_says_itself(facts: dict[str, object], words: str) -> None:
    assert Schedule(time_zone="UTC", **facts).words == words
