"""The state of a demo server, which moves only when it is read, by the clock."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from random import Random

from jobs.demo import releases
from jobs.demo.formats import better_groups
from jobs.demo.library import DemoItem, Episode, File
from jobs.demo.releases import DemoDownload, Record, Release
from jobs.demo.sizes import Size, sized
from jobs.demo.traits import TRAITS

RSS_SYNC = 15 * 60
MOST_HISTORY = 20_000
USER, RSS = "UserInvokedSearch", "Rss"
IMPORTED = "downloadFolderImported"
TERABYTE = 10**12
# The ids of files that come later than the library.
LATER_FILES = 1_000_000


class State:
    """Library, downloads and history; all moments are epoch seconds.

    Plain attributes may be set at any time: `active_indexers`, `free_space` (bytes), `find_rate`,
    `fail_rate` and `ignore_rate` (of downloads), `rss_per_hour`, `search_seconds`,
    `download_seconds` (from, to), `giving` (indexers whose releases it grabs), and `luck`:
    whether a search for an item finds a release.
    """

    def __init__(
        self,
        application: str,
        *,
        size: float | Size,
        seed: int,
        clock: Callable[[], datetime],
        search_seconds: float,
        find_rate: float,
        fail_rate: float = 0.04,
        ignore_rate: float = 0.01,
        rss_per_hour: float = 1.5,
    ) -> None:
        self.application, self.seed, self.clock = application, seed, clock
        self.traits = TRAITS[application]
        self.search_seconds, self.find_rate = search_seconds, find_rate
        self.fail_rate, self.ignore_rate = fail_rate, ignore_rate
        self.rss_per_hour, self.download_seconds = rss_per_hour, (60.0, 120.0)
        self.active_indexers, self.free_space = len(releases.INDEXERS), 4.2 * TERABYTE
        self.giving = releases.INDEXERS
        self.luck: Callable[[DemoItem, float], bool] = self.lucky
        self.told: Callable[[str, DemoItem, float, bool], None] = unheard
        self.told_grab: Callable[[str, int, float], object] = untaken
        self.present = self.started_at = clock().timestamp()
        rng, wanted = Random(f"{seed}:{application}"), sized(self.traits.household, size)
        self.library = self.traits.build(wanted, rng, int(self.present))
        self.items = self.library.items
        self.downloads: dict[str, DemoDownload] = {}
        self._coming: set[DemoItem] = set()
        self._any = list(self.items.values())
        self.history: deque[Record] = deque(maxlen=MOST_HISTORY)
        self.lists: dict[tuple[object, ...], list[DemoItem]] = {}
        self._events: list[tuple[float, int, Callable[[float], object]]] = []
        self._numbers, self._records = count(1), count(1)
        self._remember(rng, wanted.history)
        for item in self.items.values():
            if isinstance(item, Episode) and not item.out(self.present):
                self.at(item.over, self.changed)
        self.at(self.present + RSS_SYNC, self._rss)

    def now(self) -> float:
        """The present moment, after everything that was due by then has happened."""
        self.present = max(self.present, self.clock().timestamp())
        while self._events and self._events[0][0] <= self.present:
            moment, _, happen = heappop(self._events)
            happen(moment)
        return self.present

    def at(self, moment: float, happen: Callable[[float], object]) -> None:
        heappush(self._events, (moment, next(self._numbers), happen))

    def changed(self, _moment: float = 0) -> None:
        """Forgets the sorted wanted lists."""
        self.lists.clear()

    def draw(self, *about: object) -> float:
        """A number in [0, 1), always the same for the same seed and subject."""
        return Random(f"{self.seed}:{self.application}:{about}").random()

    def lucky(self, item: DemoItem, now: float) -> bool:
        """The usual luck, which is better for recent items."""
        chance = self.find_rate
        if chance and item.recent(now):
            chance += (1 - chance) / 2
        return self.draw("luck", item.id, item.attempts) < chance

    def downloading(self, item: DemoItem) -> bool:
        return item in self._coming

    def grabbable(self, item: DemoItem, now: float) -> bool:
        open_to_it = item.file is None or item.upgradable or bool(better_groups(item))
        return open_to_it and item.out(now) and not self.downloading(item)

    def grab(
        self, items: list[DemoItem], now: float, *, source: str = USER, pack: bool = False
    ) -> None:
        """Grabs a release for the items; its download ends in a minute or two."""
        rng = Random(f"{self.seed}:grab:{items[0].id}:{items[0].attempts}:{int(now)}")
        release = releases.invent(rng, items, pack=pack, by=self.giving)
        if better := better_groups(items[0]):
            release = releases.by_group(release, rng.choice(better), items[0])
        ends = now + rng.uniform(*self.download_seconds)
        download = DemoDownload(release, items, now, ends, self._end(rng.random()))
        self.told_grab(self.traits.application.label, release.indexer.id, now)
        self.downloads[release.download_id] = download
        self._coming.update(items)
        for item in items:
            self._record(item, "grabbed", now, release, source)
        self.at(ends, lambda moment: self._arrive(download, moment))

    def _arrive(self, download: DemoDownload, now: float) -> None:
        release = download.release
        del self.downloads[release.download_id]
        self._coming.difference_update(download.items)
        for item in download.items:
            if download.event != IMPORTED:
                self._record(item, download.event, now, release, "")
                continue
            if item.file:
                self._record(item, "fileDeleted", now, release, "")
            size = release.size // len(download.items)
            item.file = File(
                LATER_FILES + next(self._numbers), release.quality, size, int(now), release.group
            )
            self._record(item, IMPORTED, now, release, "")
        self.changed()

    def _end(self, drawn: float) -> str:
        """How a download ends: most are imported, some fail, and a few are ignored."""
        if drawn < self.fail_rate:
            return "downloadFailed"
        return "downloadIgnored" if drawn < self.fail_rate + self.ignore_rate else IMPORTED

    def _record(self, item: DemoItem, event: str, at: float, release: Release, source: str) -> None:
        self.history.append(Record(next(self._records), item, event, at, release, source))

    def _rss(self, now: float) -> None:
        self.at(now + RSS_SYNC, self._rss)
        if not self._any or self.draw("rss", int(now)) >= self.rss_per_hour * RSS_SYNC / 3600:
            return
        for attempt in range(8):
            item = self._any[int(self.draw("rss item", int(now), attempt) * len(self._any))]
            if item.wanted and self.grabbable(item, now):
                self.grab([item], now, source=RSS)
                return

    def _remember(self, rng: Random, number: int) -> None:
        """Makes some history of the last days, for items with a file."""
        kept = [item for item in self.items.values() if item.file and not item.upgradable]
        moments = sorted(self.present - rng.uniform(1, 20) * 86_400 for _ in range(number))
        for moment, item in zip(moments, rng.sample(kept, min(number, len(kept))), strict=False):
            release = releases.invent(rng, [item], pack=False)
            self._record(item, "grabbed", moment, release, RSS)
            self._record(item, IMPORTED, moment + 300, release, "")


def unheard(_application: str, _item: DemoItem, _now: float, _found: bool) -> None:
    """Nobody hears of searches."""


def untaken(_application: str, _indexer: int, _now: float) -> None:
    """Nobody hears of grabs."""
