"""Items in the play: how many of a kind wait for their turn, and how many have had it."""

from random import Random

from models.planning.seasons import Packs
from models.planning.surveys import HIGHEST_STREAK, Kind

# Multiples of it are spread over [0, 1) as evenly as any numbers: no streaks of good or bad luck.
GOLDEN = (5**0.5 - 1) / 2
# Those whose turn is reckoned; those that came since; those that had a turn, their cooldown over.
WAITING, NEW, AGAIN = range(3)


class Pool:
    """Items of one kind that may be searched, by streak.

    `older` is where they go as they age, `leaving` the share that does so each day; so many are
    `coming` each day. `packs` are by when they are searched.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.counts = [0, 0, 0]
        self.takers: list[int] = []
        self.older: Pool | None = None
        self.leaving = 0.0
        self.coming = 0.0
        self.packs: dict[str, Packs] = {}
        self.items = 0
        self._streaks = [[0] * (HIGHEST_STREAK + 1) for _ in self.counts]
        self._owed = [0.0, 0.0, 0.0]
        self._lots = {"outcome": 0.0, "pack": 0.0}

    def add(self, part: int, streak: int, items: int = 1) -> None:
        self._streaks[part][streak] += items
        self.counts[part] += items

    def draw(self, part: int, rng: Random) -> int:
        """Takes any one of them; its streak."""
        place = int(rng.random() * self.counts[part])
        for streak, items in enumerate(self._streaks[part]):
            if place < items:
                self._streaks[part][streak] -= 1
                self.counts[part] -= 1
                return streak
            place -= items
        raise AssertionError("the counts are the sums of the streaks")

    def arrivals(self, days: float) -> int:
        return self._whole(NEW, self.coming * days)

    def leavers(self, part: int, days: float, rng: Random) -> list[int]:
        """Takes those that have become too old; their streaks."""
        share = min(self.leaving * days, 1) * self.counts[part]
        expected = int(share) + (rng.random() < share % 1)
        return [self.draw(part, rng) for _ in range(expected)]

    def settle(self) -> None:
        """When all items are in their place: some seasons have had their turn before."""
        share = self.counts[WAITING] / self.items if self.items else 0
        self.packs = {how: packs.times(min(share, 1)) for how, packs in self.packs.items()}

    def lot(self, about: str) -> float:
        """The next one for outcomes, or for packs."""
        self._lots[about] = (self._lots[about] + GOLDEN) % 1
        return self._lots[about]

    def together(self, how: str) -> tuple[int, int]:
        """How many items the next search of a waiting one covers, and its cost."""
        packs, waiting = self.packs.get(how, Packs()), self.counts[WAITING]
        if packs.seasons < 0.5 or waiting < 2:
            return 1, 1
        searches = max(waiting - packs.items, 0) + packs.seasons
        if self.lot("pack") * searches >= packs.seasons:
            return 1, 1
        number = min(max(round(packs.items / packs.seasons), 2), waiting)
        cost = max(round(packs.cost / packs.seasons), 1)
        self.packs[how] = packs.without(Packs(1, number, cost))
        return number, cost

    def part_again(self, how: str, items: int, cost: int) -> None:
        """Of a search that was not sent."""
        if items > 1:
            self.packs[how] = self.packs[how].with_(Packs(1, items, cost))

    def _whole(self, part: int, amount: float) -> int:
        self._owed[part] += amount
        whole = int(self._owed[part])
        self._owed[part] -= whole
        return whole


def link(pools: dict[Kind, Pool], young_days: int) -> None:
    """Says of each kind that passes which it becomes, and how fast; adds kinds that it needs."""
    known = {net.days for kind in pools for net in kind.nets if net.days} | {young_days}
    to_do = list(pools.values())
    while to_do:
        pool = to_do.pop()
        ages = {net.days for net in pool.kind.nets if net.days}
        ages |= {young_days} if pool.kind.young else set()
        if not ages:
            continue
        first = min(ages)
        begin = max((age for age in known - ages if age < first), default=0)
        kind = pool.kind._replace(
            nets=frozenset(net for net in pool.kind.nets if net.days != first),
            young=pool.kind.young and first != young_days,
        )
        if kind not in pools:
            pools[kind] = Pool(kind)
            to_do.append(pools[kind])
        pool.older, pool.leaving = pools[kind], 1 / (first - begin)
