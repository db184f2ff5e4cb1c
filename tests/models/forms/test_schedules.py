"""The schedule as people type it."""

from typing import Any

import pytest

from models.forms import Draft
from models.forms.schedules import ScheduleForm, in_units
from models.schedules import Schedule

USUAL = {"time_zone": "Europe/Berlin"}


def typed(**fields: Any) -> Draft[ScheduleForm]:
    pairs = []
    for name, value in (USUAL | fields).items():
        pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
    return ScheduleForm.read(pairs)


SCHEDULES = [
    Schedule(every_minutes=90, time_zone="UTC"),
    Schedule(every_minutes=7 * 24 * 60, time_zone="UTC", catch_up=False),
    Schedule(kind="daily", times=("03:00", "15:00"), time_zone="Asia/Kolkata", jitter_minutes=15),
    Schedule(kind="weekly", times=("03:00",), weekdays=(0, 6), time_zone="UTC"),
    Schedule(kind="cron", cron="0 3 L * *", time_zone="UTC", hours=("22:00", "07:00")),
    Schedule(time_zone="UTC", hours=[(f"{hour:02}:00", f"{hour:02}:30") for hour in range(4)]),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=[each.words for each in SCHEDULES])
def test_what_was_saved_is_filled_in_and_read_as_the_same(schedule: Schedule) -> None:
    values = ScheduleForm.blank(**ScheduleForm.filled(schedule)).values
    sent = {name: value for name, value in values.items() if name != "catch_up" or value}
    assert typed(**sent).form.schedule == schedule


def test_nothing_but_a_zone_is_every_two_hours() -> None:
    assert typed().form.schedule == Schedule(time_zone="Europe/Berlin", catch_up=False)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("3:00", ("03:00",)),
        ("15:00, 03:00", ("03:00", "15:00")),
        ("3.30;15:00  15:00", ("03:30", "15:00")),
        (" 00:00 ", ("00:00",)),
        ("03:00,\u00a015:00\t", ("03:00", "15:00")),
    ],
)
def test_times_are_read_as_people_write_them(text: str, times: tuple[str, ...]) -> None:
    assert typed(kind="daily", times=text).form.schedule.times == times


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "daily", "times": ""}, "times", "Write at least one time."),
    ({"kind": "daily", "times": " , "}, "times", "Write at least one time."),
    ({"kind": "daily", "times": "24:00"}, "times", "midnight is 00:00"),
    ({"kind": "daily", "times": "25:00"}, "times", "“25:00” is not a time of day."),
    ({"kind": "daily", "times": "3"}, "times", "“3” is not a time of day."),
    ({"kind": "daily", "times": "3pm"}, "times", "“3pm” is not a time of day."),
    ({"kind": "daily", "times": "٠٣:00"}, "times", "is not a time of day."),
    ({"kind": "daily", "times": "03:00 " * 200}, "times", "at most"),
    ({"kind": "daily", "times": "03:00, 03:10"}, "times", "03:00 and 03:10 are 10 minutes apart"),
    ({"kind": "weekly"}, "weekdays", "Choose at least one day."),
    ({"kind": "weekly", "weekdays": "7"}, "weekdays", "Choose one from the list."),
    ({"kind": "weekly", "weekdays": "Monday"}, "weekdays", "Choose one from the list."),
    ({"kind": "cron", "cron": "0 25 * * *"}, "cron", "The hour “25” cannot be used"),
    ({"kind": "cron", "cron": ""}, "cron", "Write five fields."),
    ({"kind": "cron", "cron": "0 0 0 * * *"}, "cron", "leave out the seconds"),
    ({"kind": "monthly"}, "kind", "Choose one from the list."),
    ({"every": "14", "unit": "minutes"}, "every", "every 15 minutes at the most"),
    ({"every": "32", "unit": "days"}, "every", "every 31 days at the least"),
    ({"time_zone": ""}, "time_zone", "Choose a time zone from the list."),
    ({"time_zone": "localtime"}, "time_zone", "Choose a time zone from the list."),
    ({"time_zone": "Atlantis/Centre"}, "time_zone", "Choose a time zone from the list."),
    ({"hours_from": "22:00"}, "hours_until", "Fill in both, or leave both empty."),
    ({"hours_until": "07:00"}, "hours_until", "Fill in both, or leave both empty."),
    ({"hours_from": "22", "hours_until": "7"}, "hours_from", "is not a time of day"),
    ({"hours_from": "7:00", "hours_until": "07:00"}, "hours_from", "begin and end at the same"),
    (
        {"kind": "daily", "times": "12:00", "hours_from": "22:00", "hours_until": "07:00"},
        "hours_from",
        "It would never run: 12:00 is not between 22:00 and 07:00.",
    ),
    (
        {"every": "1", "unit": "days", "hours_from": "22:00", "hours_until": "07:00"},
        "hours_from",
        "Every day may never come between 22:00 and 07:00.",
    ),
    ({"hours_until_3": "07:00"}, "hours_until_3", "Fill in both, or leave both empty."),
    (
        {"hours_from_2": "22:00", "hours_until_2": "7:00", "hours_from_4": "06:00"}
        | {"hours_until_4": "09:00"},
        "hours_from_4",
        "06:00 to 09:00 overlaps with 22:00 to 07:00.",
    ),
    ({"hours_from_2": "9:00", "hours_until_2": "09:00"}, "hours_from_2", "at the same time"),
    ({"jitter_minutes": "16"}, "jitter_minutes", "at most 15"),
    ({"jitter_minutes": "-1"}, "jitter_minutes", "at least 0"),
]


@pytest.mark.parametrize(("fields", "name", "sentence"), BAD)
def test_what_cannot_be_a_schedule_is_said_beside_its_field(
    fields: dict[str, Any], name: str, sentence: str
) -> None:
    draft = typed(**fields)
    assert not draft.is_good
    assert sentence in draft.errors[name]


def test_what_is_wrong_elsewhere_hides_no_fault_in_cron() -> None:
    errors = typed(kind="cron", cron="0 25 * * *", hours_from="22:00").errors
    assert errors.keys() == {"cron", "hours_until"}


@pytest.mark.parametrize("kind", ["every", "daily", "weekly", "cron"])
def test_what_belongs_to_another_kind_is_not_looked_at(kind: str) -> None:
    nonsense = {"every": "x", "unit": "x", "times": "x", "weekdays": "x", "cron": "x"}
    own = {
        "every": {"every": "2", "unit": "hours"},
        "daily": {"times": "03:00"},
        "weekly": {"times": "03:00", "weekdays": "0"},
        "cron": {"cron": "0 3 * * *"},
    }
    draft = typed(kind=kind, **nonsense | own[kind])
    assert draft.form.schedule.kind == kind
    assert draft.values["cron" if kind != "cron" else "times"] == "x"


def test_minutes_are_said_in_the_largest_unit_that_they_are_whole_in() -> None:
    assert [in_units(each) for each in (90, 120, 1440)] == [
        (90, "minutes"),
        (2, "hours"),
        (1, "days"),
    ]
