"""What season searches would cover, counted over the seasons of an instance."""

from typing import Any, NamedTuple

from peewee import SQL, Case, ModelSelect, fn

from models.backlog import Item
from models.database import database
from models.eligibility import Reason
from models.instances import Instance
from models.packs import FEWEST, SPECIALS, dearest
from models.seasons import Season

WAITS = (Reason.ELIGIBLE, Reason.COOLDOWN)


class Packs(NamedTuple):
    """So many seasons can each be had in one search; `cost` is what those searches cost."""

    seasons: float = 0
    items: float = 0
    cost: float = 0

    def times(self, share: float) -> "Packs":
        return Packs(*(each * share for each in self))

    def with_(self, other: "Packs") -> "Packs":
        return Packs(*(mine + its for mine, its in zip(self, other, strict=True)))

    def without(self, other: "Packs") -> "Packs":
        return self.with_(other.times(-1))


# By want, what is said of its items, when packs are searched, and whether the items are young.
Found = dict[tuple[str, int, str, bool], Packs]


def packs_of(instance: Instance, caught: Any, young: Any) -> Found:
    """`caught` says something of an item, `young` whether it is.

    A search for a season that is still on is counted with its young items, and covers the others.
    Walks all items of the instance: for the reader thread.
    """
    found: Found = {}
    for want, mask, is_worth_it, *whole, seasons, items, cost in _seasons(instance, caught, young):
        late = Packs(seasons, items, cost)
        for how in ("always", "when") if is_worth_it else ("always",):
            for is_young, packs in ((False, Packs(*whole).without(late)), (True, late)):
                before = found.get((want, mask, how, is_young), Packs())
                found[want, mask, how, is_young] = before.with_(packs)
    return found


def _seasons(instance: Instance, caught: Any, young: Any) -> list[tuple[Any, ...]]:
    """Whole ones of one want, of which nothing is kept but by its cooldown."""
    wanted = fn.COUNT(SQL("*"))
    mine = (Item.instance == instance) & Item.series_id.is_null(False)
    years = fn.MAX(fn.COUNT(fn.DISTINCT(Item.aired_at / SQL("31557600000"))), 1)
    kind = fn.COALESCE(fn.MAX(Item.series_type), "standard")
    is_anime = kind == "anime"
    cost = Case(None, [(is_anime, wanted + 1), (kind == "daily", years)], 1)
    is_worth_it = (
        (fn.MAX(Season.ended) == 1)
        & ~is_anime
        & (wanted >= FEWEST)
        & (wanted * 2 >= fn.MAX(Season.monitored_episodes))
    )
    same = (
        (Season.instance == Item.instance)
        & (Season.series_id == Item.series_id)
        & (Season.number == Item.season)
    )
    whole = (
        wanted > 1,
        fn.MIN(Item.want) == fn.MAX(Item.want),
        fn.SUM(Case(None, [(Item.reason.in_(WAITS), 1)], 0)) == wanted,
        cost <= dearest(instance),
    )
    seasons = Item.select(
        fn.MIN(Item.want).alias("want"),
        fn.MIN(caught).alias("caught"),
        Case(None, [(is_worth_it, 1)], 0).alias("worth"),
        wanted.alias("items"),
        cost.alias("cost"),
        fn.SUM(Case(None, [(young, 1)], 0)).alias("young"),
    ).join(Season, on=same)
    kept = mine, Item.season != SPECIALS, Item.reason.not_in([Reason.LEFT, Reason.UNMONITORED])
    return _summed(seasons.where(*kept).group_by(Item.series_id, Item.season).having(*whole))


def _summed(seasons: ModelSelect) -> list[tuple[Any, ...]]:
    sql, params = seasons.sql()
    groups = "want, caught, worth"
    outer = (
        f"SELECT {groups}, COUNT(*), SUM(items), SUM(cost), SUM(young > 0), SUM(young), "  # noqa: S608  # nosec B608 # our own
        f"SUM(CASE WHEN young > 0 THEN cost ELSE 0 END) "
        f"FROM ({sql}) GROUP BY {groups}"
    )
    return database.execute_sql(outer, params).fetchall()
