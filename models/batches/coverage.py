"""Which items a queue takes, by its instances, wants, filters and idea of recent."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from peewee import Expression

from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.queues.filters import Filters, Sieve, has_home_release, is_recent

ONLY: dict[tuple[str, ...], str] = {
    ("missing",): "It takes only missing items.",
    ("upgrade",): "It takes only upgrades.",
    ("score",): "It takes only files below the cutoff score.",
    ("missing", "upgrade"): "It takes only missing items and upgrades.",
    ("missing", "score"): "It takes only missing items and files below the cutoff score.",
    ("upgrade", "score"): "It takes only upgrades, of quality or score.",
}
FILTERED = {
    "tags_all": "It asks for tags that this item does not all have.",
    "tags_in": "It asks for a tag that this item does not have.",
    "tags_out": "It leaves out a tag that this item has.",
    "profiles": "It takes other quality profiles.",
    "profiles_out": "It leaves out the quality profile of this item.",
    "root_folders": "It takes other root folders.",
    "root_folders_out": "It leaves out the root folder of this item.",
    "series_status": "It takes series of another status.",
    "year_from": "It takes only later years.",
    "year_to": "It takes only earlier years.",
}


def refusal(queue: Queue, item: Item, now: datetime) -> str | None:
    """Why this queue never takes the item, as a sentence; None when it takes it in its turn."""
    if item.instance_id not in {instance.id for instance in queue.instances}:
        return f"It does not search on {item.instance.name}."
    if item.want not in queue.wants:
        return ONLY.get(queue.wants, "It takes nothing.")
    if not Sieve(queue.filters, item.instance).takes(item):
        return _filtered(queue.filters, item)
    if queue.waits_for_home_on(item.instance) and item.home_release_at is None:
        return f"It takes only {item.kind.names} with a digital or physical release."
    if queue.strategy == "recent" and not _is_recent(queue, item, now):
        return f"It takes only items that came out in the last {queue.recent_days} days."
    return None


def may_exclude_for_ever(user: User, exclusion: Exclusion, now: datetime) -> bool:
    """Whether the user may exclude for ever: administrators may; owners, what their queues take."""
    if user.is_admin:
        return True
    wanted = _ids(exclusion.covered(), Item.left_at.is_null())
    taken: set[int] = set()
    for queue in Queue.select().where(Queue.owner == user):
        if exclusion.instance in queue.instances:
            taken |= _ids(exclusion.covered(), *takes(queue, exclusion.instance, now))
    return bool(wanted) and wanted <= taken


def not_for_ever(user: User, items: Sequence[Item], now: datetime) -> set[int]:
    """The ids of items that the user may not exclude for ever: those that no own queue takes."""
    if user.is_admin:
        return set()
    left = {item.id for item in items}
    for queue in Queue.select().where(Queue.owner == user):
        for instance in queue.instances:
            mine = (Item.instance == instance) & Item.id.in_(left)
            left -= _ids(mine, *takes(queue, instance, now))
    return left


def takes(queue: Queue, instance: Instance, now: datetime) -> Iterator[Expression]:
    """Conditions for the items that the queue takes on this instance, whatever their reason."""
    yield Item.want.in_(queue.wants)
    yield from Sieve(queue.filters, instance).where()
    if queue.waits_for_home_on(instance):
        yield has_home_release()
    if queue.strategy == "recent":
        yield is_recent(instance, now, queue.recent_days)


def what_it_takes(queue: Queue) -> tuple[object, ...]:
    """What the queue chooses by: queues where it is equal take the same items of an instance."""
    days = queue.recent_days if queue.strategy == "recent" else 0
    return queue.wants, queue.filters_json, queue.movie_release, days


def _ids(*conditions: Expression) -> set[int]:
    return {item_id for (item_id,) in Item.select(Item.id).where(*conditions).tuples()}


def _filtered(filters: Filters, item: Item) -> str:
    """The sentence of the first filter that alone refuses the item."""
    for name, sentence in FILTERED.items():
        alone = Filters(**{name: getattr(filters, name)})
        if not Sieve(alone, item.instance).takes(item):
            return sentence
    raise AssertionError("what several filters refuse together, one of them refuses alone")


def _is_recent(queue: Queue, item: Item, now: datetime) -> bool:
    recent = is_recent(item.instance, now, queue.recent_days)
    return Item.select().where(Item.id == item.id, recent).exists()
