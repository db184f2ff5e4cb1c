"""When each queue ought to have run, by a calendar and a clock of its zone alone."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.month.household import Plan

# The expressions of the household, as a person reads them.
CRON = {"0 */6 * * *": ("00:00", "06:00", "12:00", "18:00"), "30 1 * * *": ("01:30",)}
PROMPTLY = timedelta(minutes=2)
# What was missed while the program was down is made up for by then.
MADE_UP_WITHIN = timedelta(minutes=45)


class Ran(NamedTuple):
    """A run as its row tells of it."""

    started: datetime
    finished: datetime
    state: str


class Kept(NamedTuple):
    """How a queue kept its schedule; `faults` are sentences."""

    moments: int
    met: int
    while_down: int
    while_running: int
    faults: list[str]


def nominal(plan: Plan, begins: datetime, ends: datetime) -> list[datetime]:
    """From the run that a person agreed to until the end; UTC."""
    zone, schedule = ZoneInfo(plan.schedule.time_zone), plan.schedule
    if schedule.kind == "every":
        step = timedelta(minutes=schedule.every_minutes)
        found = [begins + number * step for number in range(int((ends - begins) / step) + 1)]
    else:
        times = CRON[schedule.cron] if schedule.cron else schedule.times
        found = sorted({begins, *_by_the_clock(times, schedule.weekdays, zone, begins, ends)})
    return [
        each
        for each in found
        if begins <= each < ends
        if not schedule.hours or any(_is_open(hours, each, zone) for hours in schedule.hours)
    ]


def _by_the_clock(
    times: Iterable[str],
    weekdays: tuple[int, ...],
    zone: ZoneInfo,
    begins: datetime,
    ends: datetime,
) -> Iterator[datetime]:
    """What comes twice in autumn counts the first time."""
    day = begins.astimezone(zone).date()
    while day <= ends.astimezone(zone).date():
        if not weekdays or day.weekday() in weekdays:
            for each in times:
                local = datetime.combine(day, time.fromisoformat(each), zone)
                yield local.astimezone(UTC)
        day += timedelta(days=1)


def _is_open(hours: tuple[str, str], at: datetime, zone: ZoneInfo) -> bool:
    begin, until = (time.fromisoformat(each) for each in hours)
    local = at.astimezone(zone).time()
    return begin <= local < until if begin < until else local >= begin or local < until


def kept(
    plan: Plan,
    begins: datetime,
    ends: datetime,
    runs: list[Ran],
    downs: list[tuple[datetime, datetime]],
) -> Kept:
    """Each moment has its run; each run its moment, or a held run before it, or a start.

    `downs`: while the program did not run.
    """
    jitter = timedelta(minutes=plan.schedule.jitter_minutes)
    moments = nominal(plan, begins, ends - jitter - PROMPTLY)
    left, faults = sorted(runs), []
    met = while_down = while_running = 0
    for moment in moments:
        latest = moment + jitter + PROMPTLY
        there = [run for run in left if moment <= run.started <= latest]
        # One that was held just before may be tried again in the same minute.
        if its := min(there, key=lambda run: _is_a_retry(run, runs), default=None):
            met += 1
            left.remove(its)
        elif any(down <= latest and moment <= up for down, up in downs):
            while_down += 1
        elif any(run.started < moment + jitter and run.finished >= moment for run in runs):
            while_running += 1
        else:
            faults.append(f"{plan.name}: no run at {moment:%d %b %H:%M}.")
    for run in left:
        is_made_up = any(up <= run.started < up + MADE_UP_WITHIN for _, up in downs)
        if not is_made_up and not _is_a_retry(run, runs):
            faults.append(f"{plan.name}: a run at {run.started:%d %b %H:%M:%S}, for no reason.")
    return Kept(len(moments), met, while_down, while_running, faults)


def _is_a_retry(run: Ran, runs: Iterable[Ran]) -> bool:
    before = max((each for each in runs if each.started < run.started), default=None)
    return before is not None and before.state == "held"
