"""A queue's wants and filters, once as a query and once as a function."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from peewee import Expression
from pydantic import BaseModel, ConfigDict, Field

from models.backlog import Item
from models.backlog.snapshots import Snapshot
from models.backlog.tags import has_one, numbers, numbers_each, tags_of
from models.instances import Instance

MOST_NAMES = 200
# Items found when an instance was first synced were not added recently.
FIRST_READING = timedelta(hours=1)

Want = Literal["missing", "upgrade", "score"]
Names = Annotated[list[str], Field(default_factory=list, max_length=MOST_NAMES)]


class Filters(BaseModel):
    """Filters by name, as ids differ between instances; an empty field filters nothing.

    `tags_all` must all be there, one of `tags_in` must, and none of what ends in `_out` may.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wants: list[Want] = ["missing", "upgrade"]
    tags_all: Names
    tags_in: Names
    tags_out: Names
    profiles: Names
    profiles_out: Names
    root_folders: Names
    root_folders_out: Names
    series_status: Names
    year_from: int | None = None
    year_to: int | None = None


class Sieve:
    """Filters as they apply to one instance."""

    def __init__(self, filters: Filters, instance: Instance | int) -> None:
        self.filters = filters
        self.tags_all = numbers_each(instance, filters.tags_all)
        self.tags_in = numbers(instance, filters.tags_in)
        self.tags_out = numbers(instance, filters.tags_out)
        self.profiles = _profiles(instance, filters.profiles)
        self.profiles_out = _profiles(instance, filters.profiles_out)

    def takes(self, item: Item) -> bool:
        filters = self.filters
        asks = self.tags_all or filters.tags_in or self.tags_out
        tags = tags_of(item) if asks else set()
        return (
            not any(tags.isdisjoint(each) for each in self.tags_all)
            and not (filters.tags_in and tags.isdisjoint(self.tags_in))
            and tags.isdisjoint(self.tags_out)
            and not (filters.profiles and item.profile_id not in self.profiles)
            and item.profile_id not in self.profiles_out
            and not (filters.root_folders and item.root_folder not in filters.root_folders)
            and item.root_folder not in filters.root_folders_out
            and not (filters.series_status and item.series_status not in filters.series_status)
            and not (filters.year_from and (item.year or 0) < filters.year_from)
            and not (filters.year_to and (item.year is None or item.year > filters.year_to))
        )

    def where(self) -> list[Expression]:
        """The same filters, as conditions of a query."""
        filters = self.filters
        found = [has_one(each) for each in self.tags_all]
        if filters.tags_in:
            found.append(has_one(self.tags_in))
        if self.tags_out:
            found.append(~has_one(self.tags_out))
        if filters.profiles:
            found.append(Item.profile_id.in_(self.profiles))
        if self.profiles_out:
            found.append(_not_in(Item.profile_id, self.profiles_out))
        if filters.root_folders:
            found.append(Item.root_folder.in_(filters.root_folders))
        if filters.root_folders_out:
            found.append(_not_in(Item.root_folder, filters.root_folders_out))
        if filters.series_status:
            found.append(Item.series_status.in_(filters.series_status))
        if filters.year_from:
            found.append(Item.year >= filters.year_from)
        if filters.year_to:
            found.append(Item.year <= filters.year_to)
        return found


def _not_in(column: Any, values: Sequence[object]) -> Expression:
    """A condition: the column holds none of the values; an item without one is taken."""
    return column.is_null() | column.not_in(values)


def _profiles(instance: Instance | int, names: list[str]) -> list[int]:
    """The instance's quality profiles of these names."""
    if not names:
        return []
    known = {row.name: row.arr_id for row in Snapshot.of(instance, "profile")}
    return [known[name] for name in names if name in known]


def is_recent(instance: Instance, now: datetime, days: int) -> Expression:
    """A condition: the item is out, and came out or joined its list in the last `days` days."""
    since = now - timedelta(days=days)
    read = instance.created_at + FIRST_READING
    added = (Item.first_seen_at > since) & (Item.first_seen_at > read)
    out = Item.aired_at.is_null() | (Item.aired_at <= now)
    return out & ((Item.aired_at > since) | added)


def has_home_release() -> Expression:
    """A condition: the movie has a digital or physical release, which other rules say is past."""
    return Item.home_release_at.is_null(False)
