"""What an instance last told of its indexers, downloads and disks."""

from collections.abc import Mapping, Set
from datetime import datetime

from models.backlog import Item
from models.backlog.eligibility import Policy
from models.backlog.judging import rejudge
from models.database import database
from models.instances import Instance

GB = 1_000_000_000


def keep_conditions(
    instance: Instance,
    *,
    no_indexer: str | None,
    downloads: int,
    downloading: set[int],
    free_bytes: Mapping[str, int | None],
    lost: Set[str],
    at: datetime,
) -> None:
    """Writes what the instance told, and marks the items that are downloading.

    `downloads` is the number of active downloads.
    `downloading` are the *arr ids of items in the download queue.
    `free_bytes` maps root folders to their free bytes; None where the instance cannot tell.
    `lost` are the root folders that the instance cannot open.
    """
    told = {path: free for path, free in free_bytes.items() if free is not None and free >= 0}
    lowest = min(told, key=lambda path: told[path], default=None)
    is_low = lowest is not None and told[lowest] < instance.free_space_gb * GB
    instance.change(
        conditions_at=at,
        no_indexer=no_indexer,
        downloads=downloads,
        full_disk=lowest if is_low else None,
        lost_folder=min(lost, default=None),
        tight_folder=lowest,
        tight_free=None if lowest is None else told[lowest],
        unmeasured_folder=min(free_bytes.keys() - told.keys(), default=None),
    )
    _mark(instance, downloading, at)


def _mark(instance: Instance, downloading: set[int], at: datetime) -> None:
    mine = Item.instance == instance
    before = {row.arr_id for row in Item.select(Item.arr_id).where(mine, Item.downloading)}
    with database.atomic():
        for changed, value in ((downloading - before, True), (before - downloading, False)):
            ids = list(changed)
            for start in range(0, len(ids), 500):
                which = mine & Item.arr_id.in_(ids[start : start + 500])
                Item.update(downloading=value).where(which).execute()
                rejudge(which, Policy.current(), at)
