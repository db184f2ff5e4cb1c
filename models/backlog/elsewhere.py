"""Searches on an instance that were not ours: another tool's, or a person's."""

from datetime import datetime, timedelta

from models.backlog import Item
from models.backlog.eligibility import OWN_SEARCH_LASTS
from models.instances import Instance

LATELY = timedelta(days=7)
A_FEW = 3


def searched_elsewhere(instance: Instance, now: datetime) -> int:
    """How many items Sonarr or Radarr says were searched in the last week, and not by us.

    0 for a few: somebody looked for something by hand. What was searched before the instance was
    ours to search says nothing. Walks the instance's items: for the reader thread.
    """
    since = max(now - LATELY, instance.created_at)
    ours = Item.searched_at.is_null(False) & (
        Item.arr_searched_at <= Item.searched_at + OWN_SEARCH_LASTS
    )
    moved = (Item.instance == instance) & (Item.arr_searched_at > since) & ~ours
    count = 0 if instance.demo else Item.select().where(moved).count()
    return count if count > A_FEW else 0
