"""The week of all queues."""

from datetime import timedelta
from itertools import pairwise

from models.dashboard.week import AHEAD, PAST, week
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.timing import every
from tests.wanted import wanted

HOUR = timedelta(hours=1)


def ran(queue: Queue, instance: Instance, ago: timedelta, *outcomes: str) -> Run:
    at = START - ago
    run = Run.start(queue, at, trigger="schedule")
    assert run
    for outcome in outcomes:
        search = Search.begin([wanted(instance)], run, at, 1)
        search.change(state="done", outcome=outcome)
    run.finish("finished" if outcomes else "held", at)
    return run


def test_runs_are_coloured_by_what_they_brought(nightly: Queue, living_room: Instance) -> None:
    nightly.start(START)
    ran(nightly, living_room, 5 * 24 * HOUR, "grabbed")
    ran(nightly, living_room, 9 * HOUR, "nothing", "grabbed", "grabbed")
    ran(nightly, living_room, 6 * HOUR, "failed", "nothing")
    ran(nightly, living_room, 3 * HOUR)
    (lane,) = week([nightly], START).lanes
    assert [(run.mark, run.grabbed, run.searches) for run in lane.past] == [
        ("grabbed", 2, 3),
        ("nothing", 0, 2),
        ("held", 0, 0),
    ]


def test_coming_runs_are_those_of_the_schedule(nightly: Queue) -> None:
    assert week([nightly], START).lanes[0].coming == []
    nightly.start(START)
    lane = week([nightly], START).lanes[0]
    assert len(lane.coming) == AHEAD / (2 * HOUR)
    assert lane.coming[0] == START + 2 * HOUR
    nightly.change(paused_at=START)
    assert week([nightly], START).lanes[0].coming == []


def test_allowed_hours_are_shaded_and_whole_days_are_not(nightly: Queue) -> None:
    nightly.start(START)
    assert week([nightly], START).lanes[0].open is None
    windows = (("22:00", "01:00"), ("12:00", "13:00"))
    nightly.change(schedule_json=every(60, hours=windows, time_zone="UTC"))
    spans = week([nightly], START).lanes[0].open
    assert spans is not None
    assert [(end - begin) for begin, end in spans[:4]] == [HOUR, 3 * HOUR, HOUR, 3 * HOUR]
    assert spans[0][0] == START - PAST
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
