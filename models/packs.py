"""When one search for a whole season stands in the place of searches for its episodes."""

from collections.abc import Iterable

from models.backlog import Item
from models.eligibility import Reason
from models.house import House
from models.instances import Instance
from models.seasons import Season

PACKS = {
    "never": "Never",
    "when": "When most of a season is wanted",
    "always": "Whenever a season can be searched",
}
FEWEST = 3
SPECIALS = 0


def cover(item: Item, packs: str) -> list[Item]:
    """The items that a season search would cover in place of this one; [] for the item alone.

    Only of a season of which every wanted episode may be searched now: a season search searches
    all of them. One that brought nothing makes way for the episodes at the next turn.
    """
    if packs == "never" or item.series_id is None or item.season == SPECIALS:
        return []
    season = Season.get_or_none(
        instance=item.instance_id, series_id=item.series_id, number=item.season
    )
    if season is None or season.last_kind == "pack":
        return []
    wanted = list(
        Item.select().where(
            Item.instance == item.instance_id,
            Item.series_id == item.series_id,
            Item.season == item.season,
            Item.reason.not_in([Reason.LEFT, Reason.UNMONITORED]),
        )
    )
    if any(each.reason != Reason.ELIGIBLE or each.want != item.want for each in wanted):
        return []
    if cost(wanted) > dearest(item.instance):
        return []
    return wanted if packs == "always" or _is_worth_it(item, season, len(wanted)) else []


def cost(items: Iterable[Item]) -> int:
    """Rounds over the indexers: one a season, but one a year of a daily, and more of an anime.

    Sonarr asks for an anime season once and for each of its episodes.
    """
    covered = list(items)
    kind = covered[0].series_type
    if len(covered) == 1:
        return 1
    if kind == "daily":
        return max(len({item.aired_at.year for item in covered if item.aired_at}), 1)
    return 1 + len(covered) if kind == "anime" else 1


def learn(item: Item, kind: str, outcome: str) -> None:
    """`kind` is pack or episode; a search that brought something forgets what failed before."""
    if item.series_id is not None and outcome in ("nothing", "grabbed"):
        last = kind if outcome == "nothing" else None
        Season.update(last_kind=last).where(
            Season.instance == item.instance_id,
            Season.series_id == item.series_id,
            Season.number == item.season,
        ).execute()


def dearest(instance: Instance) -> int:
    """What costs more would never have room in an hour's budget."""
    own = min(instance.hourly_budget, instance.daily_budget)
    house = House.current()
    return own if instance.demo else min(own, house.hourly_budget, house.daily_budget)


def _is_worth_it(item: Item, season: Season, wanted: int) -> bool:
    return (
        season.ended
        and item.series_type != "anime"
        and wanted >= FEWEST
        and 2 * wanted >= season.monitored_episodes
    )
