"""What is refused of a schedule, and in which words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.schedules import Schedule
from models.schedules.cron import EXAMPLE
from models.schedules.faults import faults_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def fault(**facts: object) -> tuple[str, str] | None:
    """The field and the sentence of the only one."""
    found = faults_of(Schedule(**{"time_zone": "Europe/Berlin"} | facts), NOW)
    assert len(found) < 2
    return next(iter(found.items()), None)


def of_cron(text: str) -> str:
    found = fault(kind="cron", cron=text)
    assert found and found[0] == "cron"
    return found[1]


FIELDS = [
    ("60 * * * *", "The minute “60” cannot be used: minutes go from 0 to 59."),
    ("0 24 * * *", "The hour “24” cannot be used: hours go from 0 to 23."),
    ("0 5-3 * * *", "The hour “5-3” cannot be used: 5-3 goes backwards; write it as two ranges"),
    ("0 3 * * SAT-SUN", "The day of the week “SAT-SUN” cannot be used: SAT-SUN goes backwards"),
    ("*/0 * * * *", "The minute “*/0” cannot be used: a step is at least 1."),
    ("0 3 15W * *", "The day of the month “15W” cannot be used: of the days counted from the end"),
    ("0 0 32 * *", "The day of the month “32” cannot be used"),
    ("0 0 * JANUARY *", "The month “JANUARY” cannot be used"),
    ("0 0 * * MONDAY", "The day of the week “MONDAY” cannot be used"),
    ("0 0 * * 1#6", "The day of the week “1#6” cannot be used"),
    ("0 0 ? * *", "The day of the month “?” cannot be used"),
]


@pytest.mark.parametrize(("text", "sentence"), FIELDS)
def test_a_fault_in_cron_names_its_field_and_shows_an_example(text: str, sentence: str) -> None:
    said = of_cron(text)
    assert said.startswith(sentence)
    assert said.endswith(EXAMPLE)


FORMS = [
    ("", "Write five fields."),
    ("0 3 * *", "there are 4"),
    ("3", "there is 1"),
    ("0 3 * * * * *", "there are 7"),
    ("0 0 3 * * *", "That is six fields: leave out the seconds."),
    ("@daily", "The same as @daily is 0 0 * * *."),
    ("@reboot", "Names like @daily are not known here"),
    ("*/90 * * * *", "The minute “*/90” is not every 90: steps begin anew after 60."),
    ("9" * 200, "Use at most 100 characters."),
]


@pytest.mark.parametrize(("text", "sentence"), FORMS)
def test_what_is_no_cron_of_five_fields_says_what_to_write(text: str, sentence: str) -> None:
    assert sentence in of_cron(text)


@pytest.mark.parametrize("text", ["0 3 30 2 *", "0 3 31 2,4,6,9,11 *", "0 3 30 2 */2"])
def test_a_day_that_no_month_has_is_refused(text: str) -> None:
    assert of_cron(text).startswith("No month has such a day")


def test_a_day_that_comes_only_after_ten_years_is_refused() -> None:
    assert of_cron("0 3 * 2 1#5").startswith("The next such day is more than ten years away.")


@pytest.mark.parametrize(
    "text",
    [
        "0 3 29 2 *",
        "0 3 L 2 *",
        "0 3 * * 5L",
        "0 3 LW * *",
        "0 3 * * 7",
        "0 3 1 1 *",
        "*/15 * * * *",
        "0 3 * jan sun",
    ],
)
def test_what_comes_at_least_once_in_ten_years_is_taken(text: str) -> None:
    assert fault(kind="cron", cron=text) is None


@pytest.mark.parametrize("text", ["* * * * *", "*/14 * * * *", "0,14 3 * * *", "5,55 0,23 * * *"])
def test_cron_that_runs_too_often_is_refused(text: str) -> None:
    said = of_cron(text)
    assert "a queue runs every 15 minutes at the most." in said
    assert said.endswith("For example, */15 * * * * is every quarter of an hour.")


def test_times_around_midnight_may_be_close_if_the_days_are_not_neighbours() -> None:
    assert fault(kind="cron", cron="5,55 0,23 1 * *") is None
    close = {"kind": "weekly", "times": ("00:05", "23:55")}
    assert fault(**close, weekdays=(0, 2)) is None
    assert fault(**close, weekdays=(0,)) is None
    found = fault(**close, weekdays=(6, 0))
    assert found == (
        "times",
        "23:55 and 00:05 are 10 minutes apart: a queue runs every 15 minutes at the most. "
        "For example: 03:00, 15:00.",
    )


def test_times_that_are_outside_the_hours_are_not_too_close() -> None:
    plan = {"kind": "daily", "times": ("03:00", "15:00", "15:01")}
    assert fault(**plan) is not None
    assert fault(**plan, hours=("22:00", "07:00")) is None


@pytest.mark.parametrize("minutes", [14, 1, 0, -60, 31 * 24 * 60 + 1])
def test_spans_have_their_bounds(minutes: int) -> None:
    assert fault(every_minutes=minutes) == (
        "every",
        "A queue runs every 15 minutes at the most, every 31 days at the least. "
        "For example: 2 hours.",
    )


def test_times_and_days_must_be_there() -> None:
    assert fault(kind="daily") == ("times", "Write at least one time. For example: 03:00, 15:00.")
    assert fault(kind="weekly", times=("03:00",)) == ("weekdays", "Choose at least one day.")


@pytest.mark.parametrize(
    "plan",
    [
        {"kind": "daily", "times": ("03:00",)},
        {"kind": "weekly", "times": ("03:00",), "weekdays": (0,)},
        {"kind": "cron", "cron": "0 3 * * *"},
        {"kind": "every", "every_minutes": 24 * 60},
        {"kind": "every", "every_minutes": 12 * 60},
    ],
)
def test_a_schedule_that_never_falls_inside_its_hours_is_refused(plan: dict[str, object]) -> None:
    found = fault(**plan, hours=("04:00", "05:00"))
    assert found and found[0] == "hours"


def test_hours_that_no_time_meets_show_a_time_that_does() -> None:
    plan = {"hours": ("22:30", "07:00")}
    (_, of_cron), (_, of_times) = (
        fault(kind="cron", cron="0 12 * * *", **plan),
        fault(kind="daily", times=("12:00",), **plan),
    )
    assert of_cron.endswith("For example, 30 22 * * * is at 22:30.")
    assert of_times.endswith("For example, 22:30 is.")


def test_hours_that_the_clock_leaves_out_on_each_of_its_days_are_refused() -> None:
    found = fault(kind="cron", cron="30 2 * 3 0L", hours=("02:00", "03:00"))
    assert found and found[0] == "hours"


def test_a_span_that_meets_the_hours_from_wherever_it_counts_is_taken() -> None:
    assert fault(every_minutes=7 * 60, hours=("22:00", "02:00")) is None


def test_hours_of_no_length_are_refused() -> None:
    found = fault(hours=("03:00", "03:00"))
    assert found and found[0] == "hours 0"


def test_windows_that_overlap_are_refused_and_neighbours_are_not() -> None:
    night, early = ("22:00", "07:00"), ("06:00", "09:00")
    found = fault(hours=(("12:00", "13:00"), night, early))
    assert found and found[0] == "hours 2"
    assert found[1].startswith("06:00 to 09:00 overlaps with 22:00 to 07:00.")
    assert fault(hours=(night, ("07:00", "09:00"))) is None
    assert fault(hours=(("23:00", "01:00"), ("22:00", "23:30"))) is not None


def test_a_span_is_refused_only_if_it_may_miss_every_window() -> None:
    quarters = (
        *(("01:00", "01:15"), ("02:15", "02:30")),
        *(("03:30", "03:45"), ("04:45", "05:00")),
    )
    assert fault(every_minutes=60, hours=quarters) is None
    found = fault(every_minutes=60, hours=quarters[1:])
    assert found and found[0] == "hours"
    assert "may never come between 02:15 and 02:30, between 03:30 and 03:45 or" in found[1]


def taken_or_refused(text: str) -> None:
    """It has a moment to come, or there is a sentence, and never anything unforeseen."""
    schedule = Schedule(kind="cron", cron=text, time_zone="UTC")
    faults = faults_of(schedule, NOW)
    assert schedule.words
    assert all(sentence.endswith(".") for sentence in faults.values())
    following = schedule.following(NOW, anchor=NOW, salt=1)
    assert faults or following is not None


@given(st.text(alphabet="0123456789*/,-#LW JANMONSUabz@?²٣ß\t", max_size=30))
def test_whatever_is_typed_is_cron_or_refused_in_a_sentence(text: str) -> None:
    taken_or_refused(text)


_FIELD = st.from_regex(
    r"(\*|[0-9]{1,2}(-[0-9]{1,2})?|L|LW|[0-7](L|#[1-5])|MON|JAN)(/[0-9]{1,2})?", fullmatch=True
)


@given(st.lists(st.lists(_FIELD, min_size=1, max_size=3).map(",".join), min_size=5, max_size=5))
def test_what_looks_like_cron_is_cron_or_refused_in_a_sentence(fields: list[str]) -> None:
    taken_or_refused(" ".join(fields))
