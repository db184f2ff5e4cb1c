"""Packs: when one search for a whole season replaces searches for its episodes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from models.applications import LISTS
from models.backlog import Item
from models.backlog.eligibility import WORDS, Policy, Reason, has_rested
from models.backlog.seasons import Season
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance, WantedList
from models.queues import Queue, QueueInstance

PACKS = {
    "never": "Never",
    "when": "When most of a season is wanted",
    "always": "Whenever a season is eligible",
}
FEWEST = 3
# A daily series has 366 in a leap year. An instance that tells of more must not hold a page up.
MOST = 400
SPECIALS = 0
FREE = (Reason.ELIGIBLE, Reason.COOLDOWN)
NOT_ALONE = "only one of its episodes is wanted."
LAST_WAS_PACK = "the last one brought nothing, so its episodes have their turn first."


def cover(item: Item, packs: str, now: datetime) -> list[Item]:
    """The items that a season search would cover in place of this one; [] for the item alone."""
    if packs == "never" or not item.has_season or item.want not in LISTS:
        return []
    wanted = wanted_of(item)
    return [] if obstacle(wanted, item, packs, now) else wanted


def why_none(item: Item, packs: str, now: datetime) -> str | None:
    """The sentence why the item's season is not searched as a pack.

    None when it is, and when the queue does not search packs.
    """
    if packs == "never" or not item.has_season or item.want not in LISTS:
        return None
    why = obstacle(wanted_of(item), item, packs, now)
    name = "The specials are" if item.season == SPECIALS else f"Season {item.season} is"
    return f"{name} not searched as a pack: {why}" if why else None


def mode_on(instance: Instance) -> str:
    """The widest pack mode of the queues that search on this instance."""
    links = QueueInstance
    asked = Queue.select(Queue.packs).join(links).where(links.instance == instance).tuples()
    found = {packs for (packs,) in asked}
    return next((mode for mode in ("always", "when") if mode in found), "never")


def wanted_of(item: Item) -> list[Item]:
    """The items that a search for the item's season would search, missing and upgrades.

    One more than MOST stands for all that are too many.
    A file that is good enough but for its score is none of them: a pack would replace it only where
    it betters every file of the season.
    """
    return list(
        Item.select()
        .where(
            Item.instance == item.instance_id,
            Item.series_id == item.series_id,
            Item.season == item.season,
            Item.want.in_(LISTS),
            Item.reason.not_in([Reason.LEFT, Reason.UNMONITORED]),
        )
        .order_by(Item.id)
        .limit(MOST + 1)
    )


def obstacle(wanted: Sequence[Item], item: Item, packs: str, now: datetime) -> str | None:
    """The reason against one search for the item's whole season, or None.

    A season search searches all wanted episodes, so each must be eligible or past its base
    cooldown; a doubled cooldown does not count. After a pack that brought nothing, the episodes
    have the next turn.
    """
    if item.season == SPECIALS:
        return "they are not a season."
    season = Season.get_or_none(
        instance=item.instance_id, series_id=item.series_id, number=item.season
    )
    if season is None:
        return f"{item.instance.label} has not told about this season yet."
    if len(wanted) < 2:
        return NOT_ALONE
    if len(wanted) > MOST:
        return f"more than {MOST} of its episodes are wanted."
    if why := _too_little(item, season, len(wanted)) if packs == "when" else None:
        return why
    if why := _kept(wanted, now):
        return why
    if season.last_kind == "pack":
        return LAST_WAS_PACK
    if cost(wanted) > dearest(item.instance):
        return f"it would cost {cost(wanted)} searches, and an hour's budget has fewer."
    return None


def _too_little(item: Item, season: Season, wanted: int) -> str | None:
    """The reason against a pack for a queue that wants packs only where they save searches."""
    if not season.ended:
        return "it has not ended."
    if item.series_type == "anime":
        return "packs of anime are searched only by a queue that always searches them."
    if wanted < FEWEST:
        return f"only {wanted} of its episodes are wanted."
    if 2 * wanted < season.monitored_episodes:
        return f"only {wanted} of its {season.monitored_episodes} monitored episodes are wanted."
    return None


def _kept(wanted: Sequence[Item], now: datetime) -> str | None:
    if WantedList.doubts([wanted[0].instance], {each.want for each in wanted}):
        return "a list that its episodes are on is in doubt."
    counts = Counter(Reason(each.reason) for each in wanted)
    for reason in sorted(counts.keys() - set(FREE)):
        some = counts[reason]
        verb = "is" if some == 1 else "are"
        return f"{some} of its {len(wanted)} wanted episodes {verb} {WORDS[reason]}."
    policy, at = Policy.current(), to_ms(now)
    cooling = [each for each in wanted if each.reason == Reason.COOLDOWN]
    some = sum(not has_rested(each.facts(), policy, at) for each in cooling)
    if not some:
        return None
    verb = "was" if some == 1 else "were"
    of = len(wanted)
    return f"{some} of its {of} wanted episodes {verb} searched lately and must rest first."


def cost(items: Iterable[Item]) -> int:
    """The cost of a search, as the number of times that the indexers are asked.

    A season costs one, a daily series one for each year. For a season of an anime, Sonarr asks
    once and then for each episode.
    """
    covered = list(items)
    kind = covered[0].series_type
    if len(covered) == 1:
        return 1
    if kind == "daily":
        return max(len({item.aired_at.year for item in covered if item.aired_at}), 1)
    return 1 + len(covered) if kind == "anime" else 1


def learn(item: Item, kind: str, outcome: str) -> None:
    """Remembers the kind of a search that brought nothing; one that brought something clears it.

    `kind` is pack or episode.
    """
    if item.has_season and outcome in ("nothing", "grabbed"):
        last = kind if outcome == "nothing" else None
        Season.update(last_kind=last).where(
            Season.instance == item.instance_id,
            Season.series_id == item.series_id,
            Season.number == item.season,
        ).execute()


def dearest(instance: Instance) -> int:
    """The highest cost that ever fits into the instance's hourly or daily budget."""
    own = min(instance.hourly_budget, instance.daily_budget)
    household = Household.current()
    return own if instance.demo else min(own, household.hourly_budget, household.daily_budget)
