"""Keeps searches for one title apart, where several instances ask the same indexers for it.

Indexers are the same where a connected Prowlarr says so, or where their names are: instances tell
no more of them that is sure to be comparable (behind a Prowlarr all have one address).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from models.backlog import Item
from models.backlog.snapshots import Snapshot
from models.database.fields import from_ms, to_ms
from models.instances import Instance
from models.prowlarrs.indexers import IndexerLink
from models.searches import Search, SearchItem

GAP = timedelta(hours=1)

# The name of an item's kind and its id at TVDB or TMDB, which all instances share.
Title = tuple[str, int]


class Lately(NamedTuple):
    """A search of the same title on another instance; `at` in epoch ms."""

    instance_id: int
    at: int


class Apart(NamedTuple):
    """Why a title waits: another instance that shares `indexer` has just searched it."""

    instance: str
    indexer: str
    until: datetime

    @property
    def sentence(self) -> str:
        return (
            f"{self.instance}, which asks the indexer {self.indexer} too, "
            "searched it less than an hour ago"
        )


class Titles:
    """The titles that were searched within the last hour, by instance.

    Read at first use, and once: make a new one for each decision.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now

    @cached_property
    def _lately(self) -> dict[Title, list[Lately]]:
        found: dict[Title, list[Lately]] = {}
        rows = (
            Search.select(Search.instance, Search.created_at, Item.kind, Item.external_id)
            .join(SearchItem)
            .join(Item)
            .where(
                Search.created_at > self.now - GAP,
                Search.cost > 0,
                Search.instance.is_null(False),
                Search.outcome.is_null() | (Search.outcome != "no_indexer"),
                Item.external_id.is_null(False),
            )
        )
        for instance_id, at, kind, external_id in rows.tuples():
            searched = Lately(instance_id, to_ms(at))
            found.setdefault((kind, external_id), []).append(searched)
        return found

    @cached_property
    def _instances(self) -> dict[int, tuple[str, bool, dict[str, str]]]:
        """The name of each instance, whether it is the demo's, and its indexers by their key."""
        found = {
            each.id: (each.name, each.demo, dict[str, str]())
            for each in Instance.select(Instance.id, Instance.name, Instance.demo)
        }
        rows = Snapshot.select(Snapshot.instance, Snapshot.name).where(Snapshot.kind == "indexer")
        for instance_id, name in rows.tuples():
            if instance_id in found:
                found[instance_id][2][name.strip().casefold()] = name.strip()
        for indexer, links in IndexerLink.matches().links.items():
            for link in links:
                if link.automatic and link.instance_id in found:
                    found[link.instance_id][2][f"{indexer} in Prowlarr"] = link.name.strip()
        return found

    def add(self, items: Iterable[Item]) -> None:
        """Counts these as searched now: what is chosen before them comes before them."""
        for item in items:
            if title := _title(item):
                searched = Lately(item.instance_id, to_ms(self.now))
                self._lately.setdefault(title, []).append(searched)

    def apart(self, items: Iterable[Item]) -> Apart | None:
        """Why one search for these items waits; None when it need not."""
        for item in items:
            title = _title(item)
            others = self._lately.get(title, []) if title else []
            for searched in sorted(others, key=lambda each: each.at, reverse=True):
                if indexer := self._shared(item.instance_id, searched.instance_id):
                    name = self._instances[searched.instance_id][0]
                    return Apart(name, indexer, from_ms(searched.at) + GAP)
        return None

    def _shared(self, one: int, other: int) -> str | None:
        """The name of an indexer that both instances ask; the demo's are no real ones."""
        known = self._instances
        if one == other or one not in known or other not in known:
            return None
        (_, demo, mine), (_, is_demo, theirs) = known[one], known[other]
        both = sorted(mine.keys() & theirs.keys()) if demo == is_demo else []
        return mine[both[0]] if both else None


def _title(item: Item) -> Title | None:
    return None if item.external_id is None else (item.kind.name, item.external_id)
