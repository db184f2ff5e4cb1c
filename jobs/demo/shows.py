"""Makes the synthetic library of a demo Sonarr."""

from datetime import UTC, datetime
from itertools import count
from random import Random

from jobs.demo import words
from jobs.demo.library import DAY_S, HOUR_S, DemoSeries, Episode, File, Library
from jobs.demo.quotas import Quotas, new_file
from jobs.demo.sizes import Size, searched_before

WANTED_PER_SERIES = 17.5
MOST_SERIES = 1200
AIRED_PER_WANTED = 1.6
SEASONS = {"standard": (6, 8, 10, 13), "anime": (12, 24), "daily": (0,)}
PATTERNS = (
    # share of seasons, share of their episodes that are missing, share that are upgrades
    (0.28, 1.0, 0.0),
    (0.22, 0.35, 0.0),
    (0.18, 0.0, 1.0),
    (0.12, 0.1, 0.4),
    (0.20, 0.0, 0.0),
)


def build(size: Size, rng: Random, now: int) -> Library:
    """A library that wants exactly what the size says at `now` (epoch seconds)."""
    library, maker = Library(), Maker(rng, now)
    quotas = Quotas(rng, size)
    wanted = size.missing + size.upgrade
    series_count = max(1, min(MOST_SERIES, round(wanted / WANTED_PER_SERIES)))
    usual = max(2.0, wanted * AIRED_PER_WANTED / series_count)
    while len(library.series) < series_count or quotas.short():
        series = maker.series(len(library.series) + 1, max(2, round(usual * rng.uniform(0.5, 1.6))))
        library.series[series.id] = series
        for number in {episode.season for episode in series.episodes}:
            maker.shelve(series.season(number))
        for episode in series.episodes:
            library.items[episode.id] = episode
            if episode.wanted and episode.over <= now:
                quotas.add(episode, upgradable=episode.season > 0)
                episode.searched = searched_before(rng, size.searched, now)
    quotas.settle()
    return library


class Maker:
    """Invents series, one after the other."""

    def __init__(self, rng: Random, now: int) -> None:
        self.rng, self.now = rng, now
        self.taken: set[str] = set()
        self.episode_ids = count(1)
        self.titles = [words.episode_title(rng) for _ in range(500)]

    def series(self, id: int, aired: int) -> DemoSeries:
        rng = self.rng
        kind = "anime" if id % 9 == 4 else "daily" if id % 25 == 7 else "standard"
        status = "ended" if rng.random() < 0.55 and kind != "daily" else "continuing"
        title = words.unique(self._title(id), self.taken)
        ago = (
            rng.randrange(120 * DAY_S, 4000 * DAY_S)
            if status == "ended"
            else rng.randrange(5 * DAY_S)
        )
        last = (self.now - ago) // DAY_S * DAY_S - 5 * HOUR_S
        series = DemoSeries(
            id=id,
            title=title,
            sort_title=words.sort_title(title),
            status=status,
            type=kind,
            year=datetime.fromtimestamp(last, UTC).year,
            network=rng.choice(words.NETWORKS),
            genres=rng.sample(words.GENRES, 2) + (["Anime"] if kind == "anime" else []),
            profile_id=6 if id == 1 else rng.choice((4, 4, 4, 6, 6, 5, 1)),
            root="/data/anime" if kind == "anime" else "/data/tv",
            tags=sorted(rng.sample((1, 2, 3, 4), rng.choice((0, 0, 1, 2)))),
            runtime=rng.choice((24, 30, 45, 60)),
            added=self.now - rng.randrange(30 * DAY_S, 1500 * DAY_S),
            tvdb_id=900_000 + id * 7,
            monitored=id % 29 != 17,
        )
        (self._daily if kind == "daily" else self._seasons)(series, aired, last)
        self._specials(series)
        series.year = datetime.fromtimestamp(min(e.airs for e in series.episodes), UTC).year
        return series

    def _title(self, id: int) -> str:
        peculiar, rest = divmod(id, 7)
        if rest == 3 and peculiar < len(words.PECULIAR_SERIES):
            return words.PECULIAR_SERIES[peculiar]
        return words.series_title(self.rng)

    def _seasons(self, series: DemoSeries, aired: int, last: int) -> None:
        length = self.rng.choice(SEASONS[series.type])
        seasons = -(-aired // length)
        unaired = self.rng.randrange(2, 6) if series.status == "continuing" else 0
        for season in range(1, seasons + 1):
            newest = season == seasons
            episodes = aired - length * (seasons - 1) if newest else length
            end = last if newest else last - (seasons - season) * 364 * DAY_S
            start = end - (episodes - 1) * 7 * DAY_S
            for number in range(1, episodes + 1 + (unaired if newest else 0)):
                absolute = (season - 1) * length + number if series.type == "anime" else None
                airs = start + (number - 1) * 7 * DAY_S
                self._episode(series, season, number, airs, absolute)

    def _daily(self, series: DemoSeries, aired: int, last: int) -> None:
        days: list[int] = []
        day = last + 4 * DAY_S
        while len(days) < aired + 4:
            if datetime.fromtimestamp(day, UTC).weekday() < 5:
                days.append(day)
            day -= DAY_S
        numbers: dict[int, int] = {}
        for day in reversed(days):
            year = datetime.fromtimestamp(day, UTC).year
            numbers[year] = numbers.get(year, 0) + 1
            self._episode(series, year, numbers[year], day, None)

    def _specials(self, series: DemoSeries) -> None:
        if len(series.episodes) < 6 or self.rng.random() > 0.25:
            return
        for number in range(1, self.rng.randrange(2, 5)):
            near = series.episodes[number * 2].airs
            self._episode(series, 0, number, near + 3 * DAY_S, None)

    def _episode(
        self, series: DemoSeries, season: int, number: int, airs: int, absolute: int | None
    ) -> None:
        rng = self.rng
        title = words.guest(rng) if series.type == "daily" else rng.choice(self.titles)
        series.episodes.append(
            Episode(
                id=next(self.episode_ids),
                title="TBA" if airs > self.now + 10 * DAY_S else title,
                series=series,
                season=season,
                number=number,
                absolute=absolute,
                airs=airs,
            )
        )

    def shelve(self, episodes: list[Episode]) -> None:
        """Adds files to the aired episodes of one season, by a drawn pattern."""
        rng = self.rng
        shares = [share for share, *_ in PATTERNS]
        _, missing, upgrade = rng.choices(PATTERNS, shares)[0]
        watched = rng.random() > 0.04
        for episode in episodes:
            episode.monitored = watched
            if episode.over > self.now:
                continue
            chance = 0.75 if episode.recent(self.now) else missing
            if rng.random() >= chance:
                episode.file = self._file(episode, low=rng.random() < upgrade)

    def _file(self, episode: Episode, *, low: bool) -> File:
        return new_file(self.rng, episode, low=low and episode.season > 0, added=episode.over)
