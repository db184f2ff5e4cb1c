"""The next weeks, run by run: jobs.runs and models.budgets with counts for items."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from time import sleep

from models.planning.contenders import Contender
from models.planning.draws import Draws, Pick
from models.planning.outings import HOUSE, Full, Outing
from models.planning.pools import WAITING
from models.planning.stock import Stock
from models.planning.windows import DAY, Lane, Purse, Window

# The engine tries every five minutes: that comes to the same, and takes longer to play.
SOONEST_RETRY = 0.5
# What one tick begins together.
TOGETHER = 15 / 3600
# From the gates to the first search, while the instance is asked what it wants: a budget that is
# spent to the same minute each day is found spent.
ASKING = 20 / 3600
AGEING = 6.0
OFFERED_EVERY = 5
UNLIMITED = 10**9
NEVER = float("inf")


class Play:
    """`sent` are searches by contender, instance and day; `held` those that found a budget spent;
    `doubled` those that another run, at the same time, had chosen too.

    `house` is None where only the instances' own budgets bind, as in the demo. All times are hours
    from the beginning.
    """

    def __init__(
        self, stock: Stock, lanes: Mapping[int, Lane], house: Purse | None, days: int
    ) -> None:
        self.stock = stock
        self.lanes = lanes
        self.house = house
        self.days = days
        self.draws = Draws(stock)
        self.sent: Counter[tuple[int, int, int]] = Counter()
        self.held: Counter[tuple[int, int, float]] = Counter()
        self.doubled: Counter[int] = Counter()
        self.done_at: dict[int, float] = {}
        self.left = {each.number: [stock.left[each.number]] for each in stock.contenders}
        self._free = dict.fromkeys(lanes, 0.0)
        self._spent = {each.number: Window(UNLIMITED, DAY) for each in stock.contenders}
        self._busy = dict.fromkeys(self._spent, 0.0)
        self._retry: dict[int, float] = {}
        self._owed = dict.fromkeys(self._spent, 0)
        self._known = {each.number: each for each in stock.contenders}
        self._events = [(at, each.number) for each in stock.contenders for at in each.moments]

    def run(self) -> None:
        heapify(self._events)
        aged, end, ticks = 0.0, self.days * DAY, 0
        while (at := self._next()) < end:
            while aged + AGEING <= at:
                aged += AGEING
                self.stock.pass_to(aged)
                self.stock.age(AGEING / DAY)
                if aged % DAY == 0:
                    self._note(aged)
            self.stock.pass_to(at)
            self._go(at, self._due(at))
            # The event loop would wait 5 ms for each turn, so it is offered one now and then.
            if (ticks := ticks + 1) % OFFERED_EVERY == 0:
                sleep(0)

    def _next(self) -> float:
        first = self._events[0][0] if self._events else NEVER
        return min(first, *self._retry.values()) if self._retry else first

    def _note(self, at: float) -> None:
        for number, left in self.stock.left.items():
            self.left[number].append(left)
            if left <= 0:
                self.done_at.setdefault(number, at)

    def _due(self, at: float) -> Iterator[Contender]:
        """By their schedules or beside them; there is one attempt beside it at a time."""
        numbers = set()
        while self._events and self._events[0][0] <= at + TOGETHER:
            number = heappop(self._events)[1]
            self._owed[number] = self._known[number].batch
            numbers.add(number)
        numbers |= {number for number, again in self._retry.items() if again <= at + TOGETHER}
        for number in sorted(numbers):
            self._retry.pop(number, None)
            if self._busy[number] <= at:
                yield self._known[number]

    def _share(self, contender: Contender, at: float) -> tuple[float, int]:
        spent = UNLIMITED - self._spent[contender.number].left(at)
        return spent / contender.weight, contender.number

    def _go(self, at: float, due: Iterable[Contender]) -> None:
        """All runs that begin together: search by search, the least served first."""
        house = self.house.spent(at) if self.house else None
        under_way = []
        for each in due:
            owed = self._owed[each.number]
            if house:
                self._hold(each, Full(HOUSE, house), owed, at)
                continue
            shut = {name: full for name in each.instances if (full := self._full(name, at, None))}
            if shut.keys() == each.instances:
                self._finish(Outing(each, owed, shut, iter(())), at)
            else:
                picks = self.draws.of(each, owed, each.instances - shut.keys(), at)
                under_way.append((*self._share(each, at), Outing(each, owed, shut, picks)))
        heapify(under_way)
        while under_way:
            outing = heappop(under_way)[-1]
            pick = None if outing.is_over else next(outing.picks, None)
            if pick is None:
                self._finish(outing, at)
                continue
            full = self._serve(outing, pick, at)
            heappush(under_way, (*self._share(outing.contender, at), outing))
            if full and full.whose == HOUSE:
                for *_, other in under_way:
                    other.since[HOUSE] = full
                    self._finish(other, at)
                break

    def _serve(self, outing: Outing, pick: Pick, at: float) -> Full | None:
        """The budget that was in its way."""
        outing.left -= 1
        if pick.is_taken:
            self.doubled[outing.contender.number] += 1
            return None
        instance = pick.pool.kind.instance
        begins = max(at + ASKING, self._free[instance])
        house = self.house.spent(begins) if self.house else None
        full = outing.since.get(instance) or self._full(instance, begins, house)
        if full:
            outing.since[instance] = full
            self.held[outing.contender.number, full.whose, full.window.span] += 1
            self.draws.give_back(pick)
        else:
            self._send(outing.contender, pick, begins)
        return full

    def _full(self, instance: int, at: float, house: Window | None) -> Full | None:
        if house:
            return Full(HOUSE, house)
        window = self.lanes[instance].purse.spent(at)
        return Full(instance, window) if window else None

    def _finish(self, outing: Outing, at: float) -> None:
        """One that was held is gone on with when the first budget has room."""
        if outing.since or (outing.before and outing.left == outing.owed):
            gates = (outing.before | outing.since).values()
            first = min(gates, key=lambda full: full.window.free_at)
            self._hold(outing.contender, first, outing.left, at)

    def _hold(self, contender: Contender, full: Full, missing: int, at: float) -> None:
        number = contender.number
        self.held[number, full.whose, full.window.span] += missing
        if self._owed[number]:
            again = max(full.window.free_at, at + SOONEST_RETRY)
            self._retry[number] = contender.opening(again)

    def _send(self, contender: Contender, pick: Pick, at: float) -> None:
        instance, number = pick.pool.kind.instance, contender.number
        lane = self.lanes[instance]
        lane.purse.take(at, pick.cost)
        if self.house:
            self.house.take(at, pick.cost)
        self._free[instance] = self._busy[number] = at + lane.pace
        self._spent[number].take(at, pick.cost)
        self._owed[number] -= 1
        # The last run may go on after the last day.
        self.sent[number, instance, min(int(at / DAY), self.days - 1)] += 1
        self.draws.note(contender, pick, at)
        self.stock.searched(pick.pool, pick.part, pick.streaks, at)
        if pick.part == WAITING:
            for taker in pick.pool.takers:
                if self.stock.left[taker] <= 0:
                    self.done_at.setdefault(taker, at)
