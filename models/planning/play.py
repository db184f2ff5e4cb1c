"""The next weeks, run by run: jobs.runs and models.budgets with counts for items."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from time import sleep

from models.planning.contenders import Contender
from models.planning.draws import Draws, Pick
from models.planning.outings import Outing
from models.planning.pools import AGAIN
from models.planning.stock import Stock
from models.planning.tills import Tills
from models.planning.waiting import NEVER, SOON, Line
from models.planning.windows import DAY, Lane, Purse

# What one tick begins together.
TOGETHER = 15 / 3600
# From the gates to the first search, while the instance is asked what it wants: a budget that is
# spent to the same minute each day is found spent.
ASKING = 20 / 3600
AGEING = 6.0
OFFERED_EVERY = 5


class Play:
    """`sent` are searches by contender, instance and day, and `costs` what they cost; `held` those
    that found a budget spent at their moment; `doubled` those that another run, at the same time,
    had chosen too; `turns` first ones of items that a contender takes, in the second half of the
    days. All times are hours from the beginning.
    """

    def __init__(
        self, stock: Stock, lanes: Mapping[int, Lane], house: Purse | None, days: int
    ) -> None:
        self.stock = stock
        self.lanes = lanes
        self.days = days
        self.draws = Draws(stock)
        self.sent: Counter[tuple[int, int, int]] = Counter()
        self.costs: Counter[tuple[int, int, int]] = Counter()
        self.held: Counter[tuple[int, int, float]] = Counter()
        self.doubled: Counter[int] = Counter()
        self.turns: Counter[int] = Counter()
        self.done_at: dict[int, float] = {}
        self.left = {each.number: [stock.left[each.number]] for each in stock.contenders}
        self._known = {each.number: each for each in stock.contenders}
        self._free = dict.fromkeys(lanes, 0.0)
        self._held_up: set[int] = set()
        self._busy = dict.fromkeys(self._known, 0.0)
        self._owed = {each.number: each.owed for each in stock.contenders}
        self.line = Line(self._known, self._wanted)
        self.tills = Tills(lanes, house, self.line)
        self._events = [(at, each.number) for each in stock.contenders for at in each.moments]

    @property
    def half(self) -> int:
        """The day on which the second half begins."""
        return self.days // 2

    def spend(self, number: int | None, instance: int | None, at: float, cost: int) -> None:
        """What was sent, `at` so many hours from now; by hand there is no queue."""
        self.tills.spend(instance, at, cost)
        if number is not None and number in self._known:
            self.line.spend(number, at, cost)

    def run(self) -> None:
        heapify(self._events)
        for each in self._known.values():
            if each.owed:
                self.line.join(each.number, each.opening(each.again), 0.0)
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
        return min(self._events[0][0] if self._events else NEVER, self.line.next)

    def _note(self, at: float) -> None:
        for number, left in self.stock.left.items():
            self.left[number].append(left)
            if left <= 0:
                self.done_at.setdefault(number, at)

    def _due(self, at: float) -> Iterator[Contender]:
        """By their schedules or beside them; there is one attempt beside it at a time."""
        numbers = self.line.due(at + TOGETHER)
        while self._events and self._events[0][0] <= at + TOGETHER:
            number = heappop(self._events)[1]
            self._owed[number] = self._known[number].batch
            self._held_up.discard(number)
            numbers.add(number)
        for number in sorted(numbers):
            self.line.leave(number)
            if self._busy[number] <= at:
                yield self._known[number]

    def _share(self, contender: Contender, at: float) -> tuple[float, int]:
        return self.line.spent(contender.number, at) / contender.weight, contender.number

    def _go(self, at: float, due: Iterable[Contender]) -> None:
        """All runs that begin together: search by search, the least served first."""
        under_way = []
        due = list(due)
        self.line.look(at)
        for each in due:
            outing = self._outing(each, at)
            if outing.is_over:
                self._finish(outing, at)
            else:
                under_way.append((*self._share(each, at), outing))
        heapify(under_way)
        while under_way:
            outing = heappop(under_way)[-1]
            pick = None if outing.is_over else next(outing.picks, None)
            if pick is None:
                self._finish(outing, at)
                continue
            self._serve(outing, pick, at)
            heappush(under_way, (*self._share(outing.contender, at), outing))

    def _wanted(self, number: int) -> int:
        return self.draws.most(self._known[number], self._owed[number])

    def _outing(self, contender: Contender, at: float) -> Outing:
        owed, mine = self._owed[contender.number], self.line.claim(contender.number, at)
        shut = self.tills.shut(mine, contender.instances, at)
        picks = self.draws.of(contender, owed, contender.instances - shut.keys(), at)
        return Outing(contender, owed, shut, picks)

    def _serve(self, outing: Outing, pick: Pick, at: float) -> None:
        outing.left -= 1
        number = outing.contender.number
        if pick.is_taken:
            self.doubled[number] += 1
            return
        instance = pick.pool.kind.instance
        begins = max(at + ASKING, self._free[instance])
        mine = self.line.claim(number, at)
        full = outing.since.get(instance) or self.tills.full(mine, instance, begins, pick.cost)
        if full:
            outing.since[instance] = full
            self.draws.give_back(pick)
        else:
            self._send(outing.contender, pick, begins)

    def _finish(self, outing: Outing, at: float) -> None:
        """One that was held is gone on with when the first budget has room."""
        if not outing.since and (outing.left < outing.owed or not outing.before):
            return
        first = min((outing.before | outing.since).values(), key=lambda full: full.free_at)
        contender, number = outing.contender, outing.contender.number
        if (left := self._wanted(number)) and number not in self._held_up:
            self._held_up.add(number)
            self.held[number, first.whose, first.hours] += left
        if left:
            again = contender.opening(max(first.free_at, at + SOON))
            self.line.join(number, again, at)

    def _send(self, contender: Contender, pick: Pick, at: float) -> None:
        instance, number = pick.pool.kind.instance, contender.number
        self.spend(number, instance, at, pick.cost)
        self._free[instance] = self._busy[number] = at + self.lanes[instance].pace
        self._owed[number] -= 1
        # The last run may go on after the last day.
        key = number, instance, min(int(at / DAY), self.days - 1)
        self.sent[key] += 1
        self.costs[key] += pick.cost
        self.draws.note(contender, pick, at)
        self.stock.searched(pick.pool, pick.part, pick.streaks, at)
        if pick.part == AGAIN:
            return
        for taker in pick.pool.takers:
            self.turns[taker] += len(pick.streaks) * (at >= self.half * DAY)
            if self.stock.left[taker] <= 0:
                self.done_at.setdefault(taker, at)
