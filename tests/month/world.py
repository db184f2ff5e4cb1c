"""A library that lives for a month: downloads take minutes or days, people change their minds."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

from jobs.demo import searches
from jobs.demo.commands import Commands, DemoCommand
from jobs.demo.library import DAY_S, HOUR_S, DemoItem, Episode, Movie
from jobs.demo.releases import DemoDownload
from jobs.demo.sizes import Size
from jobs.demo.state import USER
from jobs.demo.world import World

MINUTE = 60
AFTER_CINEMAS = 90 * DAY_S
# The program reckons an item's age a little before the server does.
LENIENT = MINUTE
# Shares of all downloads, and how long they take.
DOWNLOADS = (
    (0.7, 10 * MINUTE, 90 * MINUTE),
    (0.9, 2 * HOUR_S, 12 * HOUR_S),
    (1.0, 1 * DAY_S, 5 * DAY_S),
)
# The same of searches: most are quick, a few keep everybody waiting.
SEARCHES = ((0.94, 3, 15), (0.993, 1 * MINUTE, 5 * MINUTE), (1.0, 10 * MINUTE, 27 * MINUTE))
COMMAND_FAILS = 0.01
SEARCH_COMMANDS = ("EpisodeSearch", "SeasonSearch", "MoviesSearch")


class Taken(NamedTuple):
    """A search command that the server took; moments are epoch seconds of real time."""

    id: int
    at: float
    kind: str
    wants: dict[int, str]
    ages: dict[int, float]
    cost: int


class Ended(NamedTuple):
    """The true outcome."""

    at: float
    outcome: str
    grabbed: frozenset[int]


class MonthWorld(World):
    """Its log: `taken` and `ended` are searches.

    `grabs` tells by download id who asked for it, `fates` how it ended, and when.
    """

    def __init__(
        self, application: str, *, size: Size, seed: int, clock: Callable[[], datetime]
    ) -> None:
        self.chance = Random(f"{seed}:month")
        self.taken: list[Taken] = []
        self.ended: dict[int, Ended] = {}
        self.grabs: dict[str, str] = {}
        self.fates: dict[str, tuple[str, float]] = {}
        super().__init__(
            application,
            size=size,
            seed=seed,
            clock=clock,
            search_seconds=0.0,
            find_rate=0.08,
            fail_rate=0.08,
            ignore_rate=0.07,
            rss_per_hour=0.015,
        )
        self.commands: Commands = Searches(self)
        self.luck = self._with_failures
        self.at(self.present + self.chance.uniform(0, 72) * HOUR_S, self._stir)

    @property
    def search_seconds(self) -> float:
        return _drawn(self.chance, SEARCHES)

    @search_seconds.setter
    def search_seconds(self, seconds: float) -> None:
        """Drawn anew for each search."""

    @property
    def download_seconds(self) -> tuple[float, float]:
        return (_drawn(self.chance, DOWNLOADS),) * 2

    @download_seconds.setter
    def download_seconds(self, span: tuple[float, float]) -> None:
        """Drawn anew for each download."""

    def _with_failures(self, item: DemoItem, now: float) -> bool:
        if self.chance.random() < COMMAND_FAILS:
            raise searches.Failed("System.Net.Http.HttpRequestException: An error occurred")
        return self.lucky(item, now)

    def want_of(self, item: DemoItem) -> str | None:
        """None while it is on neither list."""
        if not item.wanted:
            return None
        if item.missing(self.present):
            return "missing"
        return "upgrade" if item.upgradable else None

    def grab(
        self, items: list[DemoItem], now: float, *, source: str = USER, pack: bool = False
    ) -> None:
        known = set(self.downloads)
        super().grab(items, now, source=source, pack=pack)
        self.grabs |= dict.fromkeys(self.downloads.keys() - known, source)

    def _arrive(self, download: DemoDownload, now: float) -> None:
        super()._arrive(download, now)
        self.fates[download.release.download_id] = download.event, now

    def stir(self, now: float) -> None:
        """A person stops or begins to want something, or deletes a file."""
        item = self.chance.choice(self._any)
        if isinstance(item, Episode) and not item.out(now):
            return
        if item.file is not None and self.chance.random() < 0.3:
            item.file = None
        else:
            item.monitored = not item.monitored
        self.changed()

    def _stir(self, now: float) -> None:
        self.stir(now)
        self.at(now + self.chance.uniform(12, 84) * HOUR_S, self._stir)


class Searches(Commands):
    """Keeps what was asked and what came of it; a restart forgets every command."""

    state: MonthWorld

    def add(self, name: str, own: dict[str, object], now: float) -> DemoCommand:
        known = self._last
        command = super().add(name, own, now)
        if self._last > known and name in SEARCH_COMMANDS:
            self.state.taken.append(_taken(self.state, command, now))
        return command

    def forget_all(self) -> None:
        self._known.clear()

    def _end(self, command: DemoCommand, now: float) -> None:
        """Nothing, for a command that a restart has cut short."""
        if command.id not in self._known:
            return
        world, records = self.state, len(self.state.history)
        asked = world.active_indexers > 0
        super()._end(command, now)
        if command.name not in SEARCH_COMMANDS:
            return
        grabbed = frozenset(each.item.id for each in list(world.history)[records:])
        outcome = "grabbed" if grabbed else "nothing" if asked else "no_indexer"
        world.ended[command.id] = Ended(now, "failed" if command.exception else outcome, grabbed)


def _taken(world: MonthWorld, command: DemoCommand, now: float) -> Taken:
    items = searched(world, command.name, command.own)
    wants = {item.id: want for item in items if (want := world.want_of(item))}
    ages = {item.id: now - out - LENIENT for item in items if (out := out_at(item)) is not None}
    return Taken(command.id, now, command.name, wants, ages, _cost(items, wants, command.name))


def out_at(item: DemoItem) -> float | None:
    """When releases of it can exist; None where nobody knows."""
    if isinstance(item, Episode):
        return item.airs
    assert isinstance(item, Movie)
    homes = [moment for moment in (item.digital, item.physical) if moment]
    if homes:
        return min(homes)
    return item.in_cinemas + AFTER_CINEMAS if item.in_cinemas else None


def searched(world: MonthWorld, name: str, own: Mapping[str, Any]) -> list[DemoItem]:
    """The items that a command of this name asks for."""
    if name == "SeasonSearch":
        series = world.library.series[own["seriesId"]]
        return [each for each in series.season(own["seasonNumber"]) if each.out(world.present)]
    ids = own.get("episodeIds") or own["movieIds"]
    return [world.items[each] for each in ids if each in world.items]


def _cost(items: list[DemoItem], wants: dict[int, str], name: str) -> int:
    """Rounds over the indexers: one, but one a year of a daily, and one an episode of anime."""
    first = items[0] if items else None
    if name != "SeasonSearch" or not isinstance(first, Episode):
        return 1
    covered = [item for item in items if item.id in wants and isinstance(item, Episode)]
    if first.series.type == "daily":
        return max(len({datetime.fromtimestamp(each.airs, UTC).year for each in covered}), 1)
    return 1 + len(covered) if first.series.type == "anime" else 1


def _drawn(chance: Random, spans: tuple[tuple[float, float, float], ...]) -> float:
    """A number from one of the spans; each has its share of all, summed up."""
    lot = chance.random()
    least, most = next(span[1:] for span in spans if lot <= span[0])
    return chance.uniform(least, most)
