"""The choices for a queue's filters: the names that its instances know."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from models.backlog.snapshots import Snapshot
from models.instances import Instance
from models.queues import MOVIE_RELEASES

STATUSES = ("continuing", "ended", "upcoming")
UNKNOWN = "no instance has it now"
# The filters by a name of each kind, as a form calls them.
FIELDS_OF = {
    "tag": ("tags_all", "tags_in", "tags_out"),
    "profile": ("profiles", "profiles_out"),
    "folder": ("root_folders", "root_folders_out"),
}

# Value, name and remark of each option.
Options = list[tuple[str, str, str]]


class Choices(NamedTuple):
    """The names of all instances together, each once, in alphabetical order."""

    tags: Options
    profiles: Options
    root_folders: Options
    series_status: tuple[str, ...] = STATUSES
    movie_releases: Mapping[str, str] = MOVIE_RELEASES

    @classmethod
    def of(cls, instances: Iterable[Instance], typed: Mapping[str, Any]) -> "Choices":
        """The choices of a form; a name that it holds stays one, even if no instance knows it."""
        ids = [instance.id for instance in instances]
        rows = list(Snapshot.select().where(Snapshot.instance.in_(ids)))

        def options(kind: str, same: Callable[[str], str]) -> Options:
            chosen = (name for field in FIELDS_OF[kind] for name in typed[field])
            return _options({row.name for row in rows if row.kind == kind}, chosen, same)

        return cls(options("tag", str.casefold), options("profile", str), options("folder", str))


def _options(known: set[str], chosen: Iterable[str], same: Callable[[str], str]) -> Options:
    """The options; names with the same key are one option, written as it was chosen."""
    there = {same(name) for name in known}
    names = {same(name): name for name in (*known, *chosen)}
    return [
        (name, name, "" if key in there else UNKNOWN)
        for key, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
    ]
