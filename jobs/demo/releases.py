"""Releases that a demo server finds, their downloads, and their history."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from jobs.demo import words
from jobs.demo.library import DAY_S, DemoItem, Episode, Movie
from jobs.demo.qualities import QUALITIES
from jobs.demo.quotas import BYTES


class DemoIndexer(NamedTuple):
    id: int
    name: str
    protocol: str
    client: str


INDEXERS = (
    DemoIndexer(1, "Paper Crane", "usenet", "NZB Locker"),
    DemoIndexer(2, "Barnacle", "torrent", "Seedling"),
    DemoIndexer(3, "Old Lantern", "torrent", "Seedling"),
)


class Release(NamedTuple):
    title: str
    indexer: DemoIndexer
    group: str
    quality: int
    size: int
    download_id: str
    age_days: int
    pack: bool


@dataclass(slots=True, eq=False)
class DemoDownload:
    """A grabbed release that downloads; `event` is its end, moments are epoch seconds."""

    release: Release
    items: list[DemoItem]
    grabbed: float
    ends: float
    event: str

    def left(self, now: float) -> float:
        """The share that is not downloaded yet, 0 to 1."""
        return min(1.0, max(0.0, (self.ends - now) / (self.ends - self.grabbed)))


@dataclass(slots=True, eq=False)
class Record:
    id: int
    item: DemoItem
    event: str
    at: float
    release: Release
    source: str


def invent(
    rng: Random, items: list[DemoItem], *, pack: bool, by: Sequence[DemoIndexer] = INDEXERS
) -> Release:
    """A release of one of these indexers that covers the items and would satisfy their profile."""
    first = items[0]
    quality, group = rng.choice(first.profile.good), rng.choice(words.GROUPS)
    size = int(BYTES[QUALITIES[quality].resolution] * rng.uniform(0.6, 1.8)) * len(items)
    title = named(first, quality, group, pack=pack)
    download_id = f"{rng.getrandbits(160):040X}"
    indexer = rng.choice(by)
    return Release(title, indexer, group, quality, size, download_id, rng.randrange(900), pack)


def named(item: DemoItem, quality: int, group: str, *, pack: bool) -> str:
    """The name of a release of this quality, for the item or its whole season."""
    return f"{_dotted(item, pack=pack)}.{QUALITIES[quality].word}-{group}"


def by_group(release: Release, group: str, item: DemoItem) -> Release:
    """The same release by another group, in the quality of the item's file."""
    quality = item.file.quality if item.file else release.quality
    title = named(item, quality, group, pack=release.pack)
    return release._replace(title=title, group=group, quality=quality)


def _dotted(item: DemoItem, *, pack: bool) -> str:
    if isinstance(item, Movie):
        return f"{_words(item.title, item.tmdb_id)}.{item.year}"
    assert isinstance(item, Episode)
    name = _words(item.series.title, item.series.tvdb_id)
    if pack:
        return f"{name}.S{item.season:02}"
    if item.series.type == "daily":
        return f"{name}.{stamp(item.airs)[:10].replace('-', '.')}"
    return f"{name}.S{item.season:02}E{item.number:02}"


def _words(title: str, key: int) -> str:
    kept = re.sub(r"[^\w]+", ".", words.plain(title)).strip(".")
    return ".".join(word.capitalize() for word in kept.split(".")) or f"Title.{key}"


def stamp(moment: float) -> str:
    """An epoch second as the servers write dates."""
    days, second = divmod(int(moment), DAY_S)
    return f"{_date(days)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


@lru_cache(maxsize=20_000)
def _date(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days)).isoformat()
