"""A page of the history by day and by run, with the sums of each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from peewee import fn

from models.searches import Search
from models.searches.entries import HistoryEntry
from models.searches.history import SearchFilter, searches
from models.searches.runs import Run

# More of one day are not counted.
MOST = 5000
ONE = timedelta(days=1)


class Sums(NamedTuple):
    """What some searches came to; `is_more` means that only the first MOST were counted."""

    searches: int = 0
    grabbed: int = 0
    imported: int = 0
    is_more: bool = False

    @classmethod
    def of(cls, found: Iterable[tuple[str | None, str | None, int]]) -> "Sums":
        """The sums of counts by outcome and fate."""
        rows = list(found)
        total = sum(count for *_, count in rows)
        grabbed = sum(count for outcome, _, count in rows if outcome == "grabbed")
        imported = sum(count for _, fate, count in rows if fate == "imported")
        return cls(min(total, MOST), grabbed, imported, total > MOST)


class RunGroup(NamedTuple):
    """Searches of one run that were made on one day, or runs that searched nothing.

    `runs` is empty for searches by hand, and has several where the same happened again and again,
    the latest first.
    `marks` are the outcomes of all searches of the run, in their order, and `sums` their sums.
    """

    runs: list[Run]
    searches: list[Search]
    marks: list[str]
    sums: Sums

    @property
    def run(self) -> Run | None:
        return self.runs[0] if self.runs else None


class HistoryDay(NamedTuple):
    """One day in the person's zone; `sums` are of all its searches that fit the filter.

    `begins_at` is its first moment; a run of its groups may have begun before.
    """

    day: date
    begins_at: datetime
    groups: list[RunGroup]
    sums: Sums


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day there."""
    return datetime.combine(day, time.min, zone)


def by_day(
    entries: Sequence[HistoryEntry], wanted: SearchFilter, at: datetime, zone: ZoneInfo
) -> list[HistoryDay]:
    """The entries of a page by day. Only its first and last day may go on beyond the page."""
    runs = _runs_of(entries)
    days = [
        (day, list(group))
        for day, group in groupby(entries, lambda each: moment_of(each).astimezone(zone).date())
    ]
    found = []
    for number, (day, members) in enumerate(days):
        made = [each for each in members if isinstance(each, Search)]
        is_whole = 0 < number < len(days) - 1 or not made
        sums = _sums(made) if is_whole else _counted(wanted, day, at, zone)
        found.append(HistoryDay(day, begins(day, zone), _groups(members, runs), sums))
    return found


def moment_of(entry: HistoryEntry) -> datetime:
    found: datetime = entry.created_at if isinstance(entry, Search) else entry.started_at
    return found


def _sums(made: Iterable[Search]) -> Sums:
    return Sums.of((each.outcome, each.fate, 1) for each in made)


def _counted(wanted: SearchFilter, day: date, at: datetime, zone: ZoneInfo) -> Sums:
    since, until = begins(day, zone), begins(day + ONE, zone)
    theirs = wanted._replace(
        since=max(since, wanted.since or since), until=min(until, wanted.until or until)
    )
    found = searches(theirs, at).limit(MOST + 1)
    some = found.select(Search.outcome, Search.fate).alias("some")
    rows = (
        Search.select(some.c.outcome, some.c.fate, fn.COUNT(1))
        .from_(some)
        .group_by(some.c.outcome, some.c.fate)
    )
    return Sums.of(rows.tuples())


class _Known(NamedTuple):
    """Runs by id, and outcome and fate of all their searches in order."""

    runs: dict[int, Run]
    results: dict[int, list[tuple[str, str | None]]]


def _runs_of(entries: Iterable[HistoryEntry]) -> _Known:
    ids = {each.run_id for each in entries if isinstance(each, Search) and each.run_id}
    if not ids:
        return _Known({}, {})
    runs = {run.id: run for run in Run.select().where(Run.id.in_(ids))}
    results: dict[int, list[tuple[str, str | None]]] = {}
    rows = Search.select(Search.run, fn.COALESCE(Search.outcome, Search.state), Search.fate)
    for run_id, mark, fate in rows.where(Search.run.in_(ids)).order_by(Search.id).tuples():
        results.setdefault(run_id, []).append((mark, fate))
    return _Known(runs, results)


def _groups(entries: Iterable[HistoryEntry], known: _Known) -> list[RunGroup]:
    """The entries of one day by run; one of a run stands with the latest of it."""
    found: list[RunGroup] = []
    places: dict[int, RunGroup] = {}
    for entry in entries:
        last = found[-1] if found else None
        if isinstance(entry, Run):
            if last and not last.searches and _same(last.runs[-1], entry):
                last.runs.append(entry)
            else:
                found.append(RunGroup([entry], [], [], Sums()))
        elif entry.run_id in places:
            places[entry.run_id].searches.append(entry)
        elif entry.run_id is None and last and last.run is None:
            last.searches.append(entry)
        else:
            found.append(_new_group(entry, known))
            if entry.run_id is not None:
                places[entry.run_id] = found[-1]
    return found


def _new_group(entry: Search, known: _Known) -> RunGroup:
    run = known.runs.get(entry.run_id)
    results = known.results.get(entry.run_id, [])
    sums = Sums.of((mark, fate, 1) for mark, fate in results)
    return RunGroup([run] if run else [], [entry], [mark for mark, _ in results], sums)


def _same(one: Run, other: Run) -> bool:
    """Whether both runs of a queue ended alike, so that one line tells of both."""
    return not one.is_active and _ending(one) == _ending(other)


def _ending(run: Run) -> tuple[object, ...]:
    """A run that found nothing to do says in numbers why; those differ each time."""
    note = "" if run.state == "finished" else run.note
    return run.queue_id, run.queue_name, run.state, note
