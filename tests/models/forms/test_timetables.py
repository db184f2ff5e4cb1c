"""The next moments, as the clocks of a queue and of its reader show them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.forms.timetables import Timetable
from models.queues import Queue
from models.schedules import Schedule

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SPRING = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def daily(*times: str, zone: str = "Europe/Berlin", **facts: object) -> Schedule:
    return Schedule(kind="daily", times=times, time_zone=zone, **facts)


def other(nightly: Queue, name: str, schedule: Schedule) -> Queue:
    facts = {"id": None, "name": name, "key": name, "schedule_json": schedule.model_dump_json()}
    made = Queue.create(**nightly.__data__ | facts)
    made.serve(nightly.instances)
    made.start(SPRING)
    return made


def test_ten_moments_are_shown_on_both_clocks(nightly: Queue) -> None:
    table = Timetable.of(daily("03:00"), None, NEW_YORK, SPRING)
    assert len(table.rows) == 10
    assert {f"{row.here:%H:%M}" for row in table.rows} == {"03:00"}
    assert f"{table.rows[0].there:%d %H:%M}" == "06 21:00"
    assert table.two_clocks


def test_one_clock_is_enough_where_both_show_the_same(nightly: Queue) -> None:
    assert not Timetable.of(daily("03:00"), None, ZoneInfo("Europe/Paris"), SPRING).two_clocks


def test_changes_of_either_clock_are_marked_on_their_days(nightly: Queue) -> None:
    """New York goes forward on 8 March 2026, Berlin three weeks later."""
    rows = Timetable.of(daily("12:00"), None, NEW_YORK, SPRING).rows
    marked = {row.here.day: row.marks for row in rows if row.marks}
    assert marked == {8: ["In America/New_York: The clock has gone forward before this."]}
    later = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    rows = Timetable.of(daily("02:30"), None, NEW_YORK, later).rows
    marked = {row.here.day: row.marks for row in rows if row.marks}
    assert marked == {29: ["02:30 is left out as the clock goes forward; it runs right after."]}


def test_queues_of_the_same_minute_are_named(nightly: Queue) -> None:
    other(nightly, "Same", daily("04:00", "05:00", zone="Europe/Helsinki"))
    other(nightly, "Paused", daily("03:00")).pause(SPRING)
    other(nightly, "Later", daily("03:01"))
    other(nightly, "Nowhere", daily("03:00")).serve([])
    rows = Timetable.of(daily("03:00", "15:00"), None, BERLIN, SPRING).rows
    assert [row.together for row in rows[:2]] == [[], ["Same"]]


def test_queues_of_the_same_minute_each_time_are_told_apart(nightly: Queue) -> None:
    other(nightly, "Always", daily("03:00", "15:00"))
    other(nightly, "Sometimes", daily("15:00"))
    found = Timetable.of(daily("03:00", "15:00"), None, BERLIN, SPRING)
    assert found.always_together == ["Always"]
    assert Timetable.of(daily("07:00"), None, BERLIN, SPRING).always_together == []


def test_a_queue_is_not_compared_with_itself(nightly: Queue) -> None:
    nightly.change(schedule_json=daily("03:00").model_dump_json())
    nightly.start(SPRING)
    rows = Timetable.of(nightly.schedule, nightly, BERLIN, SPRING).rows
    assert not any(row.together for row in rows)


def test_the_minutes_of_jitter_are_those_of_the_real_runs(nightly: Queue) -> None:
    nightly.change(schedule_json=daily("03:00", jitter_minutes=15).model_dump_json())
    nightly.start(SPRING)
    agreed, first, *_ = Timetable.of(nightly.schedule, nightly, BERLIN, SPRING).rows
    assert agreed.here == SPRING
    assert first.here == nightly.following(SPRING)


def test_before_the_first_run_that_was_agreed_there_is_none(nightly: Queue) -> None:
    night = SPRING.replace(hour=2)
    nightly.start(night + timedelta(days=1))
    found = Timetable.of(nightly.schedule, nightly, BERLIN, SPRING).rows
    assert [row.here for row in found[:2]] == [nightly.started_at, nightly.started_at + 2 * HOUR]
    other = Timetable.of(daily("17:00", "03:00"), None, BERLIN, SPRING).rows
    assert [row.together for row in other[:2]] == [[], ["Nightly"]]


def test_what_is_done_with_does_not_come_again_when_the_clock_is_set_back(nightly: Queue) -> None:
    nightly.change(schedule_json=daily("15:00").model_dump_json())
    nightly.start(SPRING - timedelta(days=9))
    nightly.change(last_moment_at=SPRING + 3 * HOUR, next_run_at=SPRING + 26 * HOUR)
    first = Timetable.of(nightly.schedule, nightly, BERLIN, SPRING).rows[0]
    assert first.here.day == SPRING.day + 1


def test_of_an_unsaved_schedule_nobody_knows_the_jitter(nightly: Queue) -> None:
    found = Timetable.of(daily("03:00", jitter_minutes=15), None, BERLIN, SPRING).rows
    assert {(row.here.minute, row.here.second) for row in found} == {(0, 0)}


def test_an_expression_that_cannot_be_read_any_more_has_no_times(nightly: Queue) -> None:
    broken = Schedule(
        kind="cron", cron="61 * * * *", time_zone="Europe/Berlin", hours=("22:00", "07:00")
    )
    nightly.change(schedule_json=broken.model_dump_json())
    found = Timetable.of(nightly.schedule, nightly, BERLIN, SPRING)
    assert (found.rows, found.left_out) == ([], [])


def test_times_outside_the_hours_are_named(nightly: Queue) -> None:
    plan = daily("03:00", "12:00", "15:00", hours=("22:00", "07:00"))
    assert Timetable.of(plan, None, BERLIN, SPRING).left_out == ["12:00", "15:00"]
    assert Timetable.of(daily("12:00"), None, BERLIN, SPRING).left_out == []


def test_times_of_cron_outside_the_hours_are_named_too(nightly: Queue) -> None:
    plan = Schedule(
        kind="cron", cron="30 */6 * * *", time_zone="Europe/Berlin", hours=("22:00", "07:00")
    )
    assert Timetable.of(plan, None, BERLIN, SPRING).left_out == ["12:30", "18:30"]


def test_what_is_no_schedule_has_sentences_instead_of_moments(nightly: Queue) -> None:
    values = {"kind": "cron", "cron": "0 25 * * *", "time_zone": "UTC", "name": "Nightly"}
    table = Timetable.typed(values, None, BERLIN, SPRING)
    assert table.schedule is None and table.rows == []
    assert list(table.errors) == ["cron"]


def test_in_a_zone_that_is_not_known_there_is_no_moment(nightly: Queue) -> None:
    table = Timetable.of(daily("03:00", zone="Atlantis/Centre"), nightly, BERLIN, SPRING)
    assert table.rows == [] and not table.two_clocks


def test_a_span_that_nobody_has_started_counts_from_the_beginning_of_its_hours(
    nightly: Queue,
) -> None:
    """For there its first run will be."""
    plan = Schedule(every_minutes=180, hours=("22:00", "07:00"), time_zone="Europe/Berlin")
    rows = Timetable.of(plan, None, BERLIN, SPRING).rows
    assert [f"{row.here:%H:%M}" for row in rows[:3]] == ["22:00", "01:00", "04:00"]
