"""The time line of one run: each search at its time, on a line for each instance."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.searches import Search
from models.searches.holds import Held, times_held
from models.searches.runs import Run
from views.web.charts import Box, Label, TimeAxis

# Of the height of a line, in percent: the room for its name, a search, and the wait between two.
NAME, SEARCH, WAIT = 45, 45, 6
# A search of a second in a run of an hour can still be seen.
NARROWEST = 0.8
# Of the width of the picture, in percent: the room for a short word on a phone.
WORD = 15
SHORT = timedelta(minutes=10)


class LineMark(NamedTuple):
    """One search on the line; `waited` and `took` are in seconds, None where not known."""

    search: Search
    box: Box
    waited: float | None
    took: float | None


class Wait(NamedTuple):
    """The time before a search, in seconds; before the first of the run it got ready."""

    box: Box
    seconds: float
    is_first: bool


class HeldBand(NamedTuple):
    """A time at which the run was held; `took` is in seconds, None while it goes on."""

    held: Held
    box: Box
    took: float | None
    title: str

    @property
    def is_wide(self) -> bool:
        """Whether a word has room at its end, also beside the name of the line."""
        return self.box.width >= WORD and self.box.x + self.box.width >= 3 * WORD


class RunLine(NamedTuple):
    """What the picture shows.

    `lanes` are the marks by the name of their instance, `waits` what lies between them.
    `holds` are the times at which the run was held.
    """

    lanes: list[tuple[str, list[LineMark]]]
    waits: list[Wait]
    labels: list[Label]
    holds: list[HeldBand]

    @property
    def marks(self) -> list[LineMark]:
        """All marks by time."""
        found = [mark for _, marks in self.lanes for mark in marks]
        return sorted(found, key=lambda mark: mark.search.id)

    @property
    def rows(self) -> list[LineMark | HeldBand]:
        """Searches and holds by time, for the table."""
        return sorted([*self.marks, *self.holds], key=_began)

    @property
    def is_telling(self) -> bool:
        """False for a run that sent nothing and is held for one reason, which its note says."""
        return bool(self.lanes) or any(each.took is not None for each in self.holds)


def run_line(run: Run, searches: Sequence[Search], now: datetime, zone: ZoneInfo) -> RunLine:
    """The line from the run's beginning to its end, or to now."""
    last = run.finished_at or max(now, run.next_search_at or now)
    axis = TimeAxis(run.started_at, max(last, run.started_at + timedelta(seconds=1)))
    by_instance: dict[str, list[Search]] = {}
    for search in searches:
        by_instance.setdefault(search.instance_name, []).append(search)
    lanes: list[tuple[str, list[LineMark]]] = []
    waits: list[Wait] = []
    for number, (name, made) in enumerate(by_instance.items()):
        lane = _Lane(axis, number, len(by_instance), last)
        lanes.append((name, list(lane.marks(made))))
        waits += lane.waits(made, is_first=made[0] is searches[0])
    return RunLine(lanes, waits, _labels(axis, zone), list(_holds(run, searches, axis, zone)))


def _holds(
    run: Run, searches: Sequence[Search], axis: TimeAxis, zone: ZoneInfo
) -> Iterable[HeldBand]:
    ended = None if run.state in ("held", "active") else run.finished_at
    for held in times_held(run.holds_json, [each.created_at for each in searches], ended):
        x, width = _place(axis, held.since, held.until or axis.last)
        took = (held.until - held.since).total_seconds() if held.until else None
        title = f"{_times(held, zone)}: {held.sentence}"
        yield HeldBand(held, Box("hold", x, 0, width, 100), took, title)


def _times(held: Held, zone: ZoneInfo) -> str:
    since, until = held.since.astimezone(zone), (held.until or held.since).astimezone(zone)
    shape = "%H:%M" if since.date() == until.date() else "%d %b, %H:%M"
    if held.until is None:
        return f"Held since {since:%d %b, %H:%M}"
    return f"Held from {since:{shape}} to {until:{shape}}"


def _began(row: LineMark | HeldBand) -> datetime:
    return row.held.since if isinstance(row, HeldBand) else row.search.created_at


def _place(axis: TimeAxis, begin: datetime, end: datetime) -> tuple[float, float]:
    """The left edge and the width of what lasts from `begin` to `end`, wide enough to be seen."""
    width = max(axis.at(end) - axis.at(begin), NARROWEST)
    return round(min(axis.at(begin), 100 - width), 2), round(width, 2)


class _Lane(NamedTuple):
    """The line of one instance; `number` counts from the top, of `lanes` lines."""

    axis: TimeAxis
    number: int
    lanes: int
    last: datetime

    def marks(self, made: Sequence[Search]) -> Iterable[LineMark]:
        before: datetime | None = None
        for search in made:
            end = search.finished_at
            x, width = _place(self.axis, search.created_at, end or self.last)
            state = search.outcome or "sent"
            yield LineMark(
                search,
                self._box(state, x, width, NAME, SEARCH),
                (search.created_at - before).total_seconds() if before else None,
                (end - search.created_at).total_seconds() if end else None,
            )
            before = end

    def waits(self, made: Sequence[Search], *, is_first: bool) -> Iterable[Wait]:
        """A thin box before each search; `is_first` where the run began with this line."""
        before: datetime | None = self.axis.first
        for search in made:
            if before is not None:
                x, width = _place(self.axis, before, search.created_at)
                box = self._box("none", x, width, NAME + (SEARCH - WAIT) / 2, WAIT)
                first = is_first and search is made[0]
                yield Wait(box, (search.created_at - before).total_seconds(), first)
            before = search.finished_at

    def _box(self, state: str, x: float, width: float, top: float, height: float) -> Box:
        part = 1 / self.lanes
        y = 100 * self.number * part + top * part
        return Box(state, round(x, 2), round(y, 2), width, round(height * part, 2))


def _labels(axis: TimeAxis, zone: ZoneInfo) -> list[Label]:
    """The beginning, the middle where there is room, and the end."""
    span = axis.last - axis.first
    shape = "%H:%M:%S" if span < SHORT else "%H:%M"
    moments = [axis.first, axis.first + span / 2, axis.last]
    return [Label(axis.at(each), f"{each.astimezone(zone):{shape}}") for each in moments]
