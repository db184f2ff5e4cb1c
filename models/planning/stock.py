"""All items of the play: who waits, who is in cooldown until when, who came and who left."""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple

from models.eligibility import DAY, Policy, Reason
from models.eligibility import HOUR as HOUR_MS
from models.planning.contenders import Contender
from models.planning.pools import AGAIN, NEW, WAITING, Pool, link
from models.planning.surveys import HIGHEST_STREAK, SEARCHABLE, Group, Kind, Survey

HOURS_A_DAY = 24.0


class Odds(NamedTuple):
    """What comes of a search; what neither grabs nor finds nothing is not known."""

    grabbed: float = 0.2
    nothing: float = 0.75


class Stock:
    """`left` is, for each contender, how many items still wait for their turn.

    `missed` are those that grew too old for it before they had one, `came` those that came since.
    """

    def __init__(
        self,
        surveys: Iterable[Survey],
        contenders: Iterable[Contender],
        policy: Policy,
        odds: Mapping[tuple[str, bool], Odds],
        rng: Random,
    ) -> None:
        self.contenders = list(contenders)
        self.policy = policy
        self.odds = odds
        self.rng = rng
        self.pools: list[Pool] = []
        self.left = dict.fromkeys((each.number for each in self.contenders), 0)
        self.missed = dict(self.left)
        self.came = dict(self.left)
        self.items = dict(self.left)
        self._cooling: list[tuple[float, int, Pool, int, int, int]] = []
        self._numbers = count()
        for survey in surveys:
            self._take(survey)

    def _take(self, survey: Survey) -> None:
        pools: dict[Kind, Pool] = {}
        for group in survey.groups:
            if group.reason in SEARCHABLE or group.ends_in is not None:
                pools.setdefault(group.kind, Pool(group.kind))
        young_days = self.policy.fresh_for // DAY
        link(pools, young_days)
        for pool in pools.values():
            pool.takers = [each.number for each in self.contenders if each.takes(pool.kind)]
            pool.packs = {
                how: packs
                for (want, nets, how, young), packs in survey.packs.items()
                if (want, nets, young) == pool.kind[1:]
            }
            self.pools.append(pool)
        for group in survey.groups:
            self._place(pools, group, young_days, foretells=survey.foretells)
        for pool in pools.values():
            pool.settle()

    def _place(
        self, pools: dict[Kind, Pool], group: Group, young_days: int, *, foretells: bool
    ) -> None:
        pool = pools.get(group.kind)
        if pool is None or not pool.takers:
            return
        if group.reason in SEARCHABLE:
            pool.items += group.items
            waits = group.reason is Reason.ELIGIBLE or not group.searched
            for number in pool.takers:
                self.items[number] += group.items
                self.left[number] += group.items * waits
            if group.kind.young and young_days and not foretells:
                pool.coming += group.items / young_days
            part = WAITING if waits else AGAIN
        else:
            part = NEW
        if group.reason is Reason.ELIGIBLE:
            pool.add(part, group.streak, group.items)
        elif group.ends_in is not None:
            self._cool(group.ends_in, pool, part, group.streak, group.items)

    def pass_to(self, at: float) -> None:
        """What has ended by then."""
        while self._cooling and self._cooling[0][0] <= at:
            _, _, pool, part, streak, items = heappop(self._cooling)
            self._add(pool, part, streak, items)

    def age(self, days: float) -> None:
        """Some become older kinds, and new ones come."""
        for pool in self.pools:
            if older := pool.older:
                for part in (WAITING, NEW, AGAIN):
                    for streak in pool.leavers(part, days, self.rng):
                        older.add(part, streak)
                        if part == WAITING:
                            self._miss(pool, older)
            if pool.coming:
                self._add(pool, NEW, 0, pool.arrivals(days))

    def _add(self, pool: Pool, part: int, streak: int, items: int) -> None:
        pool.add(part, streak, items)
        for number in pool.takers if part == NEW else ():
            self.came[number] += items

    def _miss(self, pool: Pool, older: Pool) -> None:
        for number in pool.takers:
            if number not in older.takers:
                self.left[number] -= 1
                self.missed[number] += 1

    def searched(self, pool: Pool, part: int, streaks: Iterable[int], at: float) -> None:
        """One search of all these items at once."""
        streaks = list(streaks)
        drawn, odds = pool.lot("outcome"), self.odds[pool.kind.want, pool.kind.young]
        if part == WAITING:
            for number in pool.takers:
                self.left[number] -= len(streaks)
        if drawn < odds.grabbed:
            return
        in_vain = drawn < odds.grabbed + odds.nothing
        # Of a season of which nothing is known, the next search is for all of it again.
        for streak in streaks if in_vain else streaks[:1]:
            streak = min(streak + 1, HIGHEST_STREAK) if in_vain else streak
            self._cool_down(pool, streak, in_vain, at)

    def _cool_down(self, pool: Pool, streak: int, in_vain: bool, at: float) -> None:
        policy = self.policy
        base = policy.missing if pool.kind.want == "missing" else policy.upgrade
        rest = policy.doubled(base, streak) if in_vain else base
        hours = (policy.fresh[-1] if pool.kind.young else rest) / HOUR_MS
        while pool.older and self.rng.random() < pool.leaving * hours / HOURS_A_DAY:
            pool = pool.older
        self._cool(at + hours, pool, AGAIN, streak, 1)

    def _cool(self, due: float, pool: Pool, part: int, streak: int, items: int) -> None:
        heappush(self._cooling, (due, next(self._numbers), pool, part, streak, items))
