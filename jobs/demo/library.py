"""The contents of a demo library: series, episodes, movies and their files."""

from dataclasses import dataclass, field

from jobs.demo import words
from jobs.demo.qualities import PROFILES, DemoProfile, below_cutoff

HOUR_S = 3600
DAY_S = 24 * HOUR_S
RECENT_S = 14 * DAY_S
TAGS = {1: "family", 2: "kids", 3: "4k", 4: "keep"}


@dataclass(slots=True, eq=False)
class File:
    id: int
    quality: int
    size: int
    added: int
    group: str


@dataclass(slots=True, eq=False, kw_only=True)
class DemoSeries:
    id: int
    title: str
    sort_title: str
    status: str
    type: str
    year: int
    network: str
    genres: list[str]
    profile_id: int
    root: str
    tags: list[int]
    runtime: int
    added: int
    tvdb_id: int
    monitored: bool = True
    episodes: list["Episode"] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return words.slug(self.title, self.tvdb_id)

    def season(self, number: int) -> list["Episode"]:
        return [episode for episode in self.episodes if episode.season == number]


@dataclass(slots=True, eq=False, kw_only=True)
class DemoItem:
    """One thing that can be searched; moments are epoch seconds."""

    id: int
    title: str
    monitored: bool = True
    file: File | None = None
    searched: int | None = None
    attempts: int = 0

    @property
    def wanted(self) -> bool:
        return self.monitored

    @property
    def profile(self) -> DemoProfile:
        raise NotImplementedError

    @property
    def upgradable(self) -> bool:
        """Whether its file is below the profile's cutoff."""
        return self.file is not None and below_cutoff(self.profile, self.file.quality)

    def missing(self, now: float) -> bool:
        raise NotImplementedError

    def out(self, now: float) -> bool:
        """Whether releases of it can exist."""
        raise NotImplementedError

    def recent(self, now: float) -> bool:
        raise NotImplementedError

    @property
    def label(self) -> str:
        """Its name in the messages of commands."""
        raise NotImplementedError


@dataclass(slots=True, eq=False, kw_only=True)
class Episode(DemoItem):
    series: DemoSeries
    season: int
    number: int
    absolute: int | None = None
    airs: int

    @property
    def wanted(self) -> bool:
        return self.monitored and self.series.monitored

    @property
    def profile(self) -> DemoProfile:
        return PROFILES[self.series.profile_id]

    @property
    def upgradable(self) -> bool:
        return (
            self.season > 0
            and self.file is not None
            and below_cutoff(self.profile, self.file.quality)
        )

    @property
    def over(self) -> int:
        """When its broadcast ends; from then on it can be missing."""
        return self.airs + 60 * self.series.runtime

    def missing(self, now: float) -> bool:
        return self.file is None and self.over <= now

    def out(self, now: float) -> bool:
        return self.over <= now

    def recent(self, now: float) -> bool:
        return now - RECENT_S < self.airs <= now

    @property
    def label(self) -> str:
        return f"{self.series.title} : S{self.season:02}E{self.number:02}"


@dataclass(slots=True, eq=False, kw_only=True)
class Movie(DemoItem):
    sort_title: str
    year: int
    in_cinemas: int | None
    digital: int | None
    physical: int | None
    minimum: str
    profile_id: int
    root: str
    tags: list[int]
    genres: list[str]
    studio: str
    runtime: int
    added: int
    tmdb_id: int

    @property
    def profile(self) -> DemoProfile:
        return PROFILES[self.profile_id]

    @property
    def released(self) -> int | None:
        """The moment that its minimum availability waits for."""
        if self.minimum == "inCinemas" and self.in_cinemas:
            return self.in_cinemas
        homes = [moment for moment in (self.digital, self.physical) if moment]
        if homes:
            return min(homes)
        return self.in_cinemas + 90 * DAY_S if self.in_cinemas else None

    def available(self, now: float) -> bool:
        return self.minimum == "announced" or (self.released is not None and self.released <= now)

    def missing(self, now: float) -> bool:
        return self.file is None and self.year > 0

    def out(self, now: float) -> bool:
        return self.available(now)

    def recent(self, now: float) -> bool:
        return self.released is not None and now - RECENT_S < self.released <= now

    @property
    def label(self) -> str:
        return f"{self.title} ({self.year})"


@dataclass
class Library:
    items: dict[int, DemoItem] = field(default_factory=dict)
    series: dict[int, DemoSeries] = field(default_factory=dict)
