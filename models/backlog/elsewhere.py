"""Searches on an instance that were not ours, but another tool's or a person's."""

from datetime import datetime, timedelta

from models.backlog import Item
from models.backlog.eligibility import OWN_SEARCH_LASTS
from models.instances import Instance

LATELY = timedelta(days=7)
A_FEW = 3


def searched_elsewhere(instance: Instance, now: datetime) -> int:
    """How many items others searched in the last week, by lastSearchTime of Sonarr or Radarr.

    0 for up to three: a person looked for something by hand. Searches before the instance was
    added are not counted. It reads all items of the instance: run it on the reader thread.
    """
    since = max(now - LATELY, instance.created_at)
    ours = Item.searched_at.is_null(False) & (
        Item.arr_searched_at <= Item.searched_at + OWN_SEARCH_LASTS
    )
    moved = (Item.instance == instance) & (Item.arr_searched_at > since) & ~ours
    count = 0 if instance.demo else Item.select().where(moved).count()
    return count if count > A_FEW else 0
