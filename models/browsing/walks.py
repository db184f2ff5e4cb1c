"""All items of a filter, some at a time, in the order of their ids."""

from collections.abc import Iterator

from peewee import ModelSelect

from models.backlog import Item, Tally
from models.browsing import ItemFilter
from models.instances import Instance


def items_after(wanted: ItemFilter, last_id: int, limit: int) -> list[Item]:
    """The next items for a reader that has read up to `last_id`, with their instances.

    `wanted.series` needs its instance; text, letter and sort are not looked at. Each part of the
    index gives at most `limit` ids, so that the last items are read as fast as the first.
    """
    ids = sorted(
        item_id
        for part in _parts(wanted)
        for (item_id,) in part.where(Item.id > last_id).order_by(Item.id).limit(limit).tuples()
    )
    rows = Item.select(Item, Instance).join(Instance).where(Item.id.in_(ids[:limit]))
    return sorted(rows, key=lambda item: item.id)


def _parts(wanted: ItemFilter) -> Iterator[ModelSelect]:
    """The items of one series, or of each instance, want and reason that has any."""
    if wanted.series is not None:
        mine = (Item.instance == wanted.instance) & (Item.series_id == wanted.series)
        found = Item.select(Item.id).where(mine, Item.reason.in_(wanted.reasons))
        yield found if wanted.want is None else found.where(Item.want == wanted.want)
        return
    tallies = Tally.select().where(Tally.items > 0, Tally.reason.in_(wanted.reasons))
    if wanted.instance is not None:
        tallies = tallies.where(Tally.instance == wanted.instance)
    if wanted.want is not None:
        tallies = tallies.where(Tally.want == wanted.want)
    for row in tallies:
        where = (Item.instance == row.instance_id, Item.want == row.want)
        yield Item.select(Item.id).where(*where, Item.reason == row.reason)
