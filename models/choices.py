"""What the filters of a queue can be chosen from: the names that the instances know."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.instances import Instance
from models.queues import MOVIE_RELEASES
from models.snapshots import BITS, Snapshot

STATUSES = ("continuing", "ended", "upcoming")


class Choices(NamedTuple):
    """Names of all instances together, each once, in the order of the alphabet."""

    tags: list[str]
    profiles: list[str]
    root_folders: list[str]
    series_status: tuple[str, ...] = STATUSES
    movie_releases: Mapping[str, str] = MOVIE_RELEASES

    @classmethod
    def of(cls, instances: Iterable[Instance]) -> "Choices":
        ids = [instance.id for instance in instances]
        rows = list(Snapshot.select().where(Snapshot.instance.in_(ids)))
        return cls(
            tags=_names(row.name for row in rows if row.kind == "tag" and row.bit < BITS),
            profiles=_names(row.name for row in rows if row.kind == "profile"),
            root_folders=_names(row.name for row in rows if row.kind == "folder"),
        )


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)
