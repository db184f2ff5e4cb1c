"""The backlog of an instance as counts: items that the same queues take, in the same state."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import add, and_
from typing import Any, NamedTuple, Self

from peewee import SQL, Case, Expression, fn

from models.backlog import Item
from models.batches import is_recent
from models.database import database
from models.eligibility import HOUR, Reason
from models.fields import to_ms
from models.filters import Filters, Sieve
from models.house import House
from models.instances import Instance
from models.planning.seasons import Packs, packs_of
from models.queues import Queue

SEARCHABLE = (Reason.ELIGIBLE, Reason.COOLDOWN)
# Ends of cooldowns are told apart no further, in hours.
STEP = 12
HIGHEST_STREAK = 5


class Net(NamedTuple):
    """What a queue takes of an instance, beyond its wants.

    `filters` is the JSON of Filters without wants; `days` is 0 where age does not count.
    """

    filters: str = "{}"
    days: int = 0

    @classmethod
    def of(cls, queue: Queue) -> Self:
        filters = queue.sieve.model_dump_json(exclude={"wants"}, exclude_defaults=True)
        return cls(filters, queue.recent_days if queue.strategy == "recent" else 0)

    def condition(self, instance: Instance, now: datetime) -> Any:
        parts = Sieve(Filters.model_validate_json(self.filters), instance).where()
        if self.days:
            parts.append(is_recent(instance, now, self.days))
        return reduce(and_, parts, SQL("1"))


class Kind(NamedTuple):
    """What tells items from others, for whoever takes them. `young` has the short cooldown."""

    instance: int
    want: str
    nets: frozenset[Net]
    young: bool


class Group(NamedTuple):
    """So many items of one kind. `ends_in` is in hours, None where nobody knows an end.

    Of what is not released it is the day of its release, where that is known.
    """

    kind: Kind
    reason: Reason
    searched: bool
    streak: int
    ends_in: float | None
    items: int


class Survey(NamedTuple):
    """What one instance wants, counted at a moment; `packs` are by want, nets, when, and youth.

    `foretells`: what is to come is among the groups (a Radarr lists movies before their release).
    """

    at: datetime
    nets: frozenset[Net]
    groups: list[Group]
    packs: dict[tuple[str, frozenset[Net], str, bool], Packs]
    foretells: bool = False

    @classmethod
    def of(cls, instance: Instance, nets: Collection[Net], now: datetime) -> Self:
        """Walks all items of the instance: for the reader thread."""
        known = sorted(nets)
        parts = [
            Case(None, [(net.condition(instance, now), 1 << n)], 0) for n, net in enumerate(known)
        ]
        mask: Expression = reduce(add, parts, SQL("0"))

        def caught(bits: int) -> frozenset[Net]:
            return frozenset(net for number, net in enumerate(known) if bits & 1 << number)

        groups = [
            Group(
                Kind(instance.id, want, caught(bits), bool(young)),
                Reason(reason),
                bool(searched),
                streak,
                None if ends is None else max(ends + 0.5, 0) * STEP,
                items,
            )
            for want, bits, young, reason, searched, streak, ends, items in _rows(
                instance, mask, now
            )
        ]
        sonarr = instance.application == "sonarr"
        packs = packs_of(instance, mask, _is_young(now)) if sonarr else {}
        named = {(key[0], caught(key[1]), *key[2:]): each for key, each in packs.items()}
        return cls(now, frozenset(nets), groups, named, instance.application == "radarr")


def _rows(instance: Instance, mask: Expression, now: datetime) -> list[tuple[Any, ...]]:
    to_come = (Item.reason == Reason.UNRELEASED) & (Item.aired_at > now)
    ends = fn.COALESCE(Item.eligible_at, Case(None, [(to_come, Item.aired_at)], None))
    asked = (
        Item.want,
        mask,
        Case(None, [(_is_young(now), 1)], 0),
        Item.reason,
        Item.searched_at.is_null(False),
        fn.MIN(Item.streak, HIGHEST_STREAK),
        (ends - to_ms(now)) / SQL(str(STEP * HOUR)),
    )
    places = [SQL(str(number)) for number in range(1, len(asked) + 1)]
    mine = (Item.instance == instance) & (Item.reason != Reason.LEFT)
    query = Item.select(*asked, fn.COUNT(SQL("*"))).where(mine).group_by(*places)
    return database.execute_sql(*query.sql()).fetchall()


def _is_young(now: datetime) -> Expression:
    """Whether it has the short cooldown."""
    days = House.current().fresh_days
    return (Item.aired_at > now - timedelta(days=days)) & (Item.aired_at <= now)
