"""The next moments of a schedule on two clocks, and the queues that run then too."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from models.forms.schedules import ScheduleForm
from models.queues import Queue
from models.schedules import Moment, Schedule
from models.schedules.cron import CronFault
from models.schedules.hours import clock_of
from models.schedules.kinds import Calendar
from models.schedules.zones import change_between, zone_of

LENGTH = 10
MINUTE = timedelta(minutes=1)


class Row(NamedTuple):
    """One moment of a timetable.

    `here` is the moment on the clock of the schedule, `there` on that of the reader.
    `marks` are sentences about changes of either clock.
    `together` are the names of queues that run in the same minute.
    """

    here: datetime
    there: datetime
    marks: list[str]
    together: list[str]


class Timetable(NamedTuple):
    """The next moments of a schedule.

    `queue` is None for a schedule that is not saved.
    `errors` are sentences by field name.
    """

    schedule: Schedule | None
    queue: Queue | None
    rows: list[Row]
    errors: dict[str, str]

    @classmethod
    def of(cls, schedule: Schedule, queue: Queue | None, reader: ZoneInfo, at: datetime) -> Self:
        """The timetable of a schedule.

        A queue that is not started counts from `at`, or from when its hours begin. The jitter of a
        schedule that is not saved is unknown, so its moments have none.
        """
        anchor = queue.started_at if queue and queue.started_at else schedule.opens_at(at)
        salt = queue.id if queue else 0
        plan = schedule if queue else schedule.model_copy(update={"jitter_minutes": 0})
        moments = islice(_coming(plan, queue, anchor, salt, at), LENGTH)
        others = [(each, each.schedule) for each in Queue.running() if each != queue]
        rows = list(_rows(schedule, moments, reader, others, at))
        return cls(schedule, queue, rows, {})

    @classmethod
    def typed(
        cls, values: Mapping[str, Any], queue: Queue | None, reader: ZoneInfo, at: datetime
    ) -> Self:
        """The timetable of a form's values, which may hold other fields too."""
        draft = ScheduleForm.read(_pairs(values))
        if not draft.is_good:
            return cls(None, queue, [], draft.errors)
        return cls.of(draft.form.schedule, queue, reader, at)

    @property
    def two_clocks(self) -> bool:
        """Whether the reader's clock shows anything else."""
        return any(row.here.utcoffset() != row.there.utcoffset() for row in self.rows)

    @property
    def always_together(self) -> list[str]:
        """Queues that run in the same minute as every one of these moments."""
        first = self.rows[0].together if self.rows else []
        return [name for name in first if all(name in row.together for row in self.rows)]

    @property
    def left_out(self) -> list[str]:
        """Times outside the allowed hours, which therefore never run."""
        plan = self.schedule
        if plan is None or not plan.hours or plan.kind == "every":
            return []
        try:
            meant = Calendar.of(plan.model_copy(update={"hours": ()})).times
        except CronFault:
            return []
        return [f"{clock_of(each):%H:%M}" for each in meant if not plan.is_allowed(each)]


def _coming(
    schedule: Schedule, queue: Queue | None, anchor: datetime, salt: int, at: datetime
) -> Iterator[Moment]:
    """The coming moments: an agreed first run first, then the schedule after what is done with."""
    since = at
    if queue and queue.started_at and queue.awaits_first:
        since = queue.started_at
        yield Moment(since, since, "")
    elif queue and queue.started_at:
        since = queue.done_with(at)
    yield from schedule.moments(since, anchor=anchor, salt=salt)


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The values as a form sends them; an unticked box is not sent."""
    for name in ScheduleForm.model_fields:
        value = values.get(name)
        if isinstance(value, list):
            yield from ((name, each) for each in value)
        elif value is not None and (value or name != "catch_up"):
            yield name, value


def _rows(
    schedule: Schedule,
    moments: Iterable[Moment],
    reader: ZoneInfo,
    others: list[tuple[Queue, Schedule]],
    before: datetime,
) -> Iterator[Row]:
    zone = zone_of(schedule.time_zone) or reader
    for moment in moments:
        marks = [moment.note] if moment.note else []
        if zone.key != reader.key and change_between(before, moment.at, reader):
            marks.append(f"In {reader.key}: {change_between(before, moment.at, reader)}")
        together = [each.name for each, plan in others if _runs(each, plan, moment.at)]
        here, there = moment.at.astimezone(zone), moment.at.astimezone(reader)
        yield Row(here, there, marks, together)
        before = moment.at


def _runs(queue: Queue, plan: Schedule, at: datetime) -> bool:
    """Whether the queue runs in the same minute of the clock."""
    minute = at.replace(second=0, microsecond=0)
    just_before = minute - timedelta(milliseconds=1)
    if queue.awaits_first and minute <= queue.started_at < minute + MINUTE:
        return True
    if queue.next_run_at and minute + MINUTE <= queue.next_run_at:
        return False
    following = plan.following(just_before, anchor=queue.anchor, salt=queue.id)
    return following is not None and following < minute + MINUTE
