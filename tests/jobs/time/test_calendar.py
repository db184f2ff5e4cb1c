"""Nights with a gap or a doubled hour, short months, zones whose rules change or are not known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.jobs.time.conftest import Days, utc
from tests.timing import daily, every, plan

pytestmark = pytest.mark.long

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def since(days: Days, queue: Queue, schedule: str, begin: datetime) -> None:
    """The queue has run at `begin`, and goes on by its schedule."""
    days.jump(begin)
    queue.change(schedule_json=schedule)
    queue.start(begin)
    await days.tick()


async def with_restarts(days: Days, end: datetime) -> None:
    """Every six hours, which miss nothing."""
    while days.clock.now() < end:
        await days.until(min(days.clock.now() + 6 * HOUR, end))
        await days.restart(days.clock.now())


async def test_a_time_in_the_spring_gap_runs_once_right_after_it(
    days: Days, nightly: Queue
) -> None:
    """In Berlin, 02:00 to 03:00 did not exist on 29 March 2026."""
    begin, gap = utc(3, 28, 12), utc(3, 29, 1)
    await since(days, nightly, daily("02:30"), begin)
    await with_restarts(days, utc(3, 30, 12))
    assert days.runs == [begin, gap, utc(3, 30, 0, 30)]


async def test_a_time_in_the_doubled_autumn_hour_runs_once(days: Days, nightly: Queue) -> None:
    """In Berlin, 02:00 to 03:00 came twice on 25 October 2026."""
    begin = utc(10, 24, 12)
    await since(days, nightly, daily("02:30"), begin)
    await with_restarts(days, utc(10, 26, 12))
    assert days.runs == [begin, utc(10, 25, 0, 30), utc(10, 26, 1, 30)]


async def test_a_clock_set_back_by_hand_in_the_doubled_hour_runs_nothing_again(
    days: Days, nightly: Queue
) -> None:
    begin, moment = utc(10, 24, 12), utc(10, 25, 0, 30)
    await since(days, nightly, daily("02:30"), begin)
    await days.until(moment + 5 * MINUTE)
    days.jump(moment - 55 * MINUTE)
    await days.until(utc(10, 25, 12))
    assert days.runs == [begin, moment]


async def test_a_spring_gap_that_was_slept_over_is_made_up_for_once(
    days: Days, nightly: Queue
) -> None:
    begin, awake = utc(3, 28, 12), utc(3, 29, 8)
    await since(days, nightly, daily("02:30"), begin)
    await days.restart(awake)
    await days.until(awake + HOUR)
    assert days.runs == [begin, awake + MINUTE]


@pytest.mark.parametrize(
    ("cron", "moments"),
    [
        ("0 3 29 2 *", [utc(2, 29, 2, year=2028)]),
        ("0 3 31 * *", [utc(3, 31, 1), utc(5, 31, 1), utc(7, 31, 1)]),
        ("0 3 L * *", [utc(2, 28, 2), utc(3, 31, 1), utc(4, 30, 1)]),
    ],
)
async def test_days_that_not_every_month_has_come_when_they_come(
    cron: str, moments: list[datetime], days: Days, nightly: Queue
) -> None:
    begin = utc(2, 1)
    await since(days, nightly, plan(kind="cron", cron=cron), begin)
    for moment in moments:
        assert Queue.get().next_run_at == moment
        await days.restart(moment - HOUR)
        await days.until(moment + MINUTE)
    assert days.runs == [begin, *moments]


async def test_zone_rules_that_changed_between_two_starts_move_the_next_moment(
    days: Days, nightly: Queue
) -> None:
    """The row holds what the rules of before made of 03:00."""
    begin, right = utc(5, 4, 12), utc(5, 5, 1)
    await since(days, nightly, daily("03:00"), begin)
    for wrong in (right + HOUR, right - HOUR):
        Queue.update(next_run_at=wrong).execute()
        await days.restart(begin + 10 * MINUTE)
        assert Queue.get().next_run_at == right
    await days.until(right + 2 * HOUR)
    assert days.runs == [begin, right]


async def test_a_moment_that_new_rules_put_into_the_down_time_is_made_up_for(
    days: Days, nightly: Queue
) -> None:
    begin, right = utc(5, 4, 12), utc(5, 5, 1)
    await since(days, nightly, daily("03:00"), begin)
    Queue.update(next_run_at=right + HOUR).execute()
    await days.restart(right + 30 * MINUTE)
    await days.until(right + 2 * HOUR)
    assert days.runs == [begin, right + 31 * MINUTE]


async def test_a_moment_that_new_rules_put_off_is_not_run_by_the_start(
    days: Days, nightly: Queue
) -> None:
    begin, right = utc(5, 4, 12), utc(5, 5, 1)
    await since(days, nightly, daily("03:00"), begin)
    Queue.update(next_run_at=right - HOUR).execute()
    await days.restart(right - 30 * MINUTE)
    await days.until(right + HOUR)
    assert days.runs == [begin, right]


STUCK = {
    "zone": (daily("03:00", time_zone="Mars/Olympus"), "“Mars/Olympus” is not known"),
    "zone of hours": (every(60, time_zone="Mars/Olympus", hours=("22:00", "07:00")), "not known"),
    "hours": (daily("12:00", hours=("22:00", "07:00")), "between 22:00 and 07:00"),
    "cron": (plan(kind="cron", cron="every night"), "no next run"),
}


@pytest.mark.parametrize(("schedule", "sentence"), STUCK.values(), ids=STUCK)
async def test_a_queue_without_a_moment_stops_no_other_and_is_shown(
    schedule: str,
    sentence: str,
    days: Days,
    nightly: Queue,
    beside: Callable[..., Queue],
) -> None:
    nightly.start(START)
    other = beside("Other")
    other.start(START)
    await days.tick()
    nightly.change(schedule_json=schedule)
    await days.restart(START + MINUTE)
    await days.until(START + 2 * HOUR)
    theirs = [run.queue_id for run in Run.select().where(Run.started_at > START)]
    assert theirs == [other.id]
    queue = Queue.get_by_id(nightly.id)
    assert (queue.state, queue.next_run_at) == ("stuck", None)
    assert queue.obstacle is not None
    assert sentence in queue.obstacle.sentence


async def test_a_zone_that_has_become_known_lets_the_queue_go_on(
    days: Days, nightly: Queue
) -> None:
    await since(days, nightly, daily("03:00"), START)
    Queue.update(next_run_at=None).execute()
    await days.restart(START + HOUR)
    assert Queue.get().next_run_at == utc(5, 5, 1)


async def test_an_obstacle_stands_on_the_dashboard_and_on_the_card_with_its_remedy(
    browser: Browser, days: Days, nightly: Queue
) -> None:
    await since(days, nightly, STUCK["zone"][0], START)
    await browser.sign_in("alice", "a long walk by the river")
    for address in ("/", "/queues", "/queues/1", "/queues/1/preview", "/runs"):
        assert (await browser.get(address)).status_code == 200
    assert "<bdi>Nightly</bdi> does not run any more." in (await browser.get("/")).text
    for address in ("/", "/queues"):
        page = await browser.get(address)
        assert page.text.count("“Mars/Olympus” is not known on this machine") == 1
        assert page.text.count('<a href="/queues/1/edit">Choose another time zone</a>') == 1
        assert "No next run" in page.text
    Queue.get().pause(START)
    assert "does not run any more" not in (await browser.get("/")).text


def test_moments_are_utc(nightly: Queue) -> None:
    nightly.change(schedule_json=daily("03:00"))
    following = nightly.following(START)
    assert following is not None
    assert following.tzinfo is UTC
