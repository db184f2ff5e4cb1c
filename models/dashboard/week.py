"""A week of all queues: the runs of four days, and those of the three days to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import fn

from models.database.selects import how_many
from models.queues import Queue
from models.schedules import Schedule
from models.searches import Search
from models.searches.runs import Run

PAST, AHEAD = timedelta(days=4), timedelta(days=3)
# A queue that runs more often than every ten minutes shows no more coming runs than these.
MOST_COMING = 432

Span = tuple[datetime, datetime]


class PastRun(NamedTuple):
    """A run that began; `grabbed` of its `searches` brought something."""

    id: int
    state: str
    at: datetime
    searches: int
    grabbed: int

    @property
    def mark(self) -> str:
        """The one word that colours it."""
        if self.grabbed:
            return "grabbed"
        return "held" if self.state == "held" else "nothing"


class QueueLane(NamedTuple):
    """One queue in the week.

    `open` are its allowed hours; None for all hours.
    """

    queue: Queue
    past: list[PastRun]
    coming: list[datetime]
    open: list[Span] | None


class Week(NamedTuple):
    first: datetime
    now: datetime
    last: datetime
    lanes: list[QueueLane]


def week(queues: Sequence[Queue], now: datetime) -> Week:
    """The week of these queues, in two queries."""
    first, last = now - PAST, now + AHEAD
    past = _past(first)
    lanes = [
        QueueLane(each, past.get(each.id, []), _coming(each, now, last), _open(each, first, last))
        for each in queues
    ]
    return Week(first, now, last, lanes)


def open_spans(schedule: Schedule, first: datetime, last: datetime) -> list[Span]:
    """When the schedule's allowed hours begin and end, between the two moments."""
    found: list[Span] = []
    begin = schedule.opens_at(first)
    while begin < last and schedule.open_hours:
        end = schedule.open_hours.next_end(begin)
        found.append((begin, min(end, last)))
        begin = schedule.opens_at(end)
    return found


def _past(first: datetime) -> dict[int, list[PastRun]]:
    sums = (
        Search.select(
            Search.run,
            fn.COUNT(Search.id),
            how_many(Search.outcome == "grabbed"),
        )
        .where(Search.run.in_(Run.select(Run.id).where(Run.started_at > first)))
        .group_by(Search.run)
    )
    known = {run: (searches, grabbed) for run, searches, grabbed in sums.tuples()}
    found: dict[int, list[PastRun]] = {}
    rows = Run.select(Run.id, Run.queue, Run.state, Run.started_at).where(Run.started_at > first)
    for run, queue, state, at in rows.order_by(Run.started_at).tuples():
        found.setdefault(queue, []).append(PastRun(run, state, at, *known.get(run, (0, 0))))
    return found


def _coming(queue: Queue, now: datetime, last: datetime) -> list[datetime]:
    if not queue.runs_by_itself:
        return []
    found: list[datetime] = []
    for moment in queue.schedule.moments(now, anchor=queue.anchor, salt=queue.id):
        if moment.at > last or len(found) == MOST_COMING:
            break
        found.append(moment.at)
    return found


def _open(queue: Queue, first: datetime, last: datetime) -> list[Span] | None:
    schedule = queue.schedule
    return open_spans(schedule, first, last) if schedule.open_hours else None
