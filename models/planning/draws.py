"""What a run of the play would search: models.batches with counts for items."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from models.planning.contenders import PARTS, Contender
from models.planning.pools import AGAIN, WAITING, Pool
from models.planning.stock import Stock

Place = tuple[Pool, int]


class Pick(NamedTuple):
    """One search, of so many items as there are streaks; `order` is that of its queue.

    `is_taken`: another run under way has chosen the same, and was first.
    """

    pool: Pool
    part: int
    streaks: list[int]
    cost: int = 1
    order: str = ""
    packs: str = ""
    front: float = 0.0
    is_taken: bool = False


class Draws:
    """Tiers are what comes first in a queue's order.

    Within one, the items of all pools are sorted by something that is spread evenly over each: a
    front goes from 0 to 1 through every pool. One that was closed for a while lags behind, and has
    the next turns.
    """

    def __init__(self, stock: Stock) -> None:
        self.rng = stock.rng
        self._tiers = {each.number: _tiers(each, stock.pools) for each in stock.contenders}
        self._chosen: dict[tuple[str, Pool, int], list[float]] = defaultdict(list)
        self._fronts: dict[tuple[str, Pool, int], float] = defaultdict(float)

    def of(
        self, contender: Contender, wanted: int, instances: Collection[int], at: float
    ) -> Iterator[Pick]:
        """So many, of these instances; drawn one by one."""
        met = Counter[Place]()
        for tier in self._tiers[contender.number] if instances else []:
            there = [place for place in tier if place[0].kind.instance in instances]
            in_order = contender.order != "random" and all(part != AGAIN for _, part in tier)
            draw = partial(self._first, contender.order) if in_order else self._any
            while wanted and (place := draw(there)):
                wanted -= 1
                met[place] += 1
                if met[place] <= self._chosen_by_now(contender, place, at):
                    yield Pick(*place, [], is_taken=True)
                else:
                    yield self._pick(contender, *place)

    def most(self, contender: Contender, number: int) -> int:
        """How many of so many searches there is something to search for now."""
        found = 0
        for tier in self._tiers[contender.number]:
            found += sum(pool.counts[part] for pool, part in tier)
            if found >= number:
                return number
        return found

    def give_back(self, pick: Pick) -> None:
        for streak in pick.streaks:
            pick.pool.add(pick.part, streak)
        pick.pool.part_again(pick.packs, len(pick.streaks), pick.cost)
        place = pick.order, pick.pool, pick.part
        self._fronts[place] = min(self._fronts[place], pick.front)

    def note(self, contender: Contender, pick: Pick, at: float) -> None:
        """Runs of the same order that begin before `at` choose it too."""
        self._chosen[contender.order, pick.pool, pick.part].append(at)

    def _first(self, order: str, there: list[Place]) -> Place | None:
        found, lowest = None, 2.0
        for place in there:
            if (next_ := self._next(order, *place)) < lowest:
                found, lowest = place, next_
        return found

    def _next(self, order: str, pool: Pool, part: int) -> float:
        """Where its next item is; those that came since are anywhere. Beyond 1 if there is none."""
        items = pool.counts[part]
        if not items:
            return 2.0
        front = self._fronts[order, pool, part] if part == WAITING else 0.0
        return front + (1 - front) / (items + 1)

    def _any(self, there: list[Place]) -> Place | None:
        counts = [pool.counts[part] for pool, part in there]
        chosen = int(self.rng.random() * sum(counts))
        for place, items in zip(there, counts, strict=True):
            chosen -= items
            if chosen < 0:
                return place
        return None

    def _chosen_by_now(self, contender: Contender, place: Place, at: float) -> int:
        """How many of the first in this order were not yet searched at `at`, and are meanwhile."""
        if contender.order == "random":
            return 0
        moments = self._chosen[contender.order, *place]
        moments[:] = [each for each in moments if each >= at]
        return len(moments)

    def _pick(self, contender: Contender, pool: Pool, part: int) -> Pick:
        place = contender.order, pool, part
        before, after = self._fronts[place], self._next(*place)
        number, cost = pool.together(contender.packs) if part == WAITING else (1, 1)
        streaks = [pool.draw(part, self.rng) for _ in range(number)]
        self._fronts[place] = after if part == WAITING else before
        return Pick(pool, part, streaks, cost, contender.order, contender.packs, before)


def _tiers(contender: Contender, pools: Iterable[Pool]) -> list[list[Place]]:
    ranked = [
        (contender.rank(pool, part), (pool, part))
        for pool in pools
        if contender.number in pool.takers
        for part in PARTS
    ]
    ranked.sort(key=itemgetter(0))
    return [[place for _, place in places] for _, places in groupby(ranked, key=itemgetter(0))]
