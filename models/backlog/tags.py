"""The tags of items: one row for each pair, found from either side."""

from collections.abc import Iterable, Mapping

from peewee import SQL, CompositeKey, Expression, ForeignKeyField, IntegerField, fn

from models.backlog import Item
from models.backlog.snapshots import Snapshot
from models.database import database
from models.database.fields import Table
from models.instances import Instance

NOBODY = SQL("(1 = 0)")
UNLINK = "DELETE FROM item_tags WHERE item_id = ?"
LINK = "INSERT INTO item_tags (item_id, tag_id) VALUES (?, ?)"


class ItemTag(Table):
    """An item's tag; `tag_id` is the instance's number for it, as in its snapshot."""

    item = ForeignKeyField(Item, backref="tag_links", on_delete="CASCADE", index=False)
    tag_id = IntegerField()

    class Meta:
        table_name = "item_tags"
        primary_key = CompositeKey("item", "tag_id")
        without_rowid = True
        indexes = ((("tag_id", "item"), False),)


def link(instance: Instance, tags: Mapping[int, Iterable[int]]) -> None:
    """Replaces the tags of items, given by *arr id."""
    mine = (Item.instance == instance) & Item.arr_id.in_(list(tags))
    ids = database.execute(Item.select(Item.arr_id, Item.id).where(mine)).fetchall()
    pairs = sorted((item_id, tag) for arr_id, item_id in ids for tag in set(tags[arr_id]))
    database.many(UNLINK, [(item_id,) for _, item_id in ids])
    database.many(LINK, pairs)


def linked(instance: Instance, arr_ids: Iterable[int]) -> dict[int, set[int]]:
    """The tags of items by *arr id; an item without tags is left out."""
    rows = (
        ItemTag.select(Item.arr_id, ItemTag.tag_id)
        .join(Item)
        .where(Item.instance == instance, Item.arr_id.in_(list(arr_ids)))
    )
    found: dict[int, set[int]] = {}
    for arr_id, tag in database.execute(rows).fetchall():
        found.setdefault(arr_id, set()).add(tag)
    return found


def numbers(instance: Instance | int, names: Iterable[str]) -> list[int]:
    """The instance's numbers for tags of these names; unknown names are left out.

    Case does not matter: Sonarr and Radarr store all tags in lower case.
    """
    return [number for each in numbers_each(instance, names) for number in each]


def numbers_each(instance: Instance | int, names: Iterable[str]) -> list[list[int]]:
    """For each name the instance's numbers for it; [] for a name that it does not know."""
    wanted = [name.casefold() for name in names]
    known: dict[str, list[int]] = {}
    for tag in Snapshot.of(instance, "tag") if wanted else ():
        known.setdefault(tag.name.casefold(), []).append(tag.arr_id)
    return [known.get(name, []) for name in wanted]


def has_one(tags: Iterable[int]) -> Expression:
    """A condition: the item has at least one of these tags."""
    wanted = list(tags)
    if not wanted:
        return NOBODY
    links = ItemTag.select(SQL("1")).where(ItemTag.item == Item.id, ItemTag.tag_id.in_(wanted))
    return fn.EXISTS(links)


def tags_of(item: Item) -> set[int]:
    """The numbers of the item's tags."""
    rows = ItemTag.select(ItemTag.tag_id).where(ItemTag.item == item.id)
    return {number for (number,) in rows.tuples()}


def facts_of(item: Item) -> tuple[str | None, list[str]]:
    """The names of the item's quality profile and of its tags."""
    profiles = {row.arr_id: row.name for row in Snapshot.of(item.instance_id, "profile")}
    mine = tags_of(item)
    tags = [tag.name for tag in Snapshot.of(item.instance_id, "tag") if tag.arr_id in mine]
    return profiles.get(item.profile_id), tags
