"""The smart score: what speaks for an item, and that nothing waits for ever."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches import Batch
from models.batches.scores import LONGEST_LEAD, candidate_of, score, weigh
from models.database.fields import to_ms
from models.instances import Instance
from models.queues import Queue
from models.yields import Yield
from models.yields.rates import Rates
from tests.conftest import START
from tests.models.batches.test_batches import item
from tests.models.yields.test_yields import ended, search

DAY = timedelta(days=1)
NOTHING_KNOWN = Rates({})


def made(**facts: Any) -> Item:
    """Never saved: a score asks the database nothing."""
    known = {
        "want": "missing",
        "aired_at": START - 100 * DAY,
        "attempts": 0,
        "streak": 0,
        "reason": Reason.ELIGIBLE,
        "reason_at": START,
    }
    return Item(**known | facts)


def points(one: Item, rates: Rates) -> float:
    return weigh(candidate_of(one), to_ms(START), rates).total


def brought(instance: Instance, grabbed: int, nothing: int, **facts: object) -> None:
    for number in range(grabbed + nothing):
        ended(search(instance, **facts), "grabbed" if number < grabbed else "nothing")


@given(
    age=st.none() | st.integers(-5, 9000),
    streak=st.integers(0, 40),
    waiting=st.floats(0, 4000),
    grabbed=st.integers(0, 900),
    nothing=st.integers(0, 900),
)
def test_a_score_is_the_sum_of_its_parts_and_below_a_hundred(
    age: int | None, streak: int, waiting: float, grabbed: int, nothing: int
) -> None:
    aired_at = None if age is None else START - age * DAY
    one = made(aired_at=aired_at, streak=streak, reason_at=START - waiting * DAY)
    found = score(one, START, Rates({"missing:2:1": (grabbed, grabbed + nothing)}))
    assert min(found[:4]) >= 0
    assert found.total == sum(found[:4]) <= 100


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 9), st.floats(0, 90)), min_size=2))
def test_scores_have_the_order_of_the_turns(facts: list[tuple[int, int, float]]) -> None:
    items = [
        made(aired_at=START - age * DAY, streak=streak, reason_at=START - waiting * DAY)
        for age, streak, waiting in facts
    ]
    items.sort(key=lambda one: points(one, NOTHING_KNOWN))
    totals = [score(one, START, NOTHING_KNOWN).total for one in items]
    assert totals == sorted(totals)


def test_a_score_rises_with_what_such_searches_found(living_room: Instance) -> None:
    brought(living_room, 30, 30, want="missing", age_days=100, attempt=1)
    brought(living_room, 0, 60, want="upgrade", age_days=100, attempt=1)
    rates = Rates.at(START, demo=False)
    rich, poor = score(made(), START, rates), score(made(want="upgrade"), START, rates)
    assert rich.found > poor.found
    assert (rich.such.grabbed, rich.such.answered) == (30, 60)
    assert (poor.such.grabbed, poor.such.answered) == (0, 60)


def test_only_searches_of_the_same_kind_count(living_room: Instance) -> None:
    brought(living_room, 3, 1, want="missing", age_days=100, attempt=1)
    rates = Rates.at(START, demo=False)
    assert rates.rate("missing", 89, 1).answered == 0
    assert rates.rate("missing", 100, 2).answered == 0
    assert rates.rate("upgrade", 100, 1).answered == 0
    assert rates.rate("missing", 364, 1)[:2] == (3, 4)


def test_what_has_no_answer_is_no_experience(living_room: Instance) -> None:
    for outcome in ("unknown", "no_indexer", "failed"):
        ended(search(living_room, age_days=100), outcome)
    assert Rates.at(START, demo=False).rate("missing", 100, 1).answered == 0


def test_a_few_searches_decide_little_and_many_decide() -> None:
    usual = NOTHING_KNOWN.usual
    few = Rates({"missing:2:1": (0, 3), "upgrade:2:1": (200, 1000)})
    many = Rates({"missing:2:1": (0, 300), "upgrade:2:1": (200, 1000)})
    assert few.rate("missing", 100, 1).share > usual * 0.8
    assert many.rate("missing", 100, 1).share < usual * 0.1


def test_the_demo_library_teaches_nothing_about_real_instances(living_room: Instance) -> None:
    brought(living_room, 9, 1, demo=True, age_days=100)
    assert Rates.at(START, demo=False).rate("missing", 100, 1).answered == 0
    assert Rates.at(START, demo=True).rate("missing", 100, 1).answered == 10


def test_experience_older_than_a_year_is_forgotten(living_room: Instance) -> None:
    brought(living_room, 1, 0, age_days=100, created_at=datetime.fromisoformat("2025-05-30T12:00Z"))
    brought(living_room, 1, 1, age_days=100, created_at=datetime.fromisoformat("2025-06-02T12:00Z"))
    assert Rates.at(START, demo=False).rate("missing", 100, 1).answered == 2
    assert Yield.select().where(Yield.period == 0, Yield.dimension == "total").get().grabbed == 2


def test_who_waits_longer_is_overtaken_by_whoever_has_more_for_itself_but_not_for_long() -> None:
    best = Rates({"missing:0:1": (1000, 1000), "missing:4:1": (0, 100_000)})
    young = made(aired_at=START, reason_at=START)
    for days, first in ((1, young), (LONGEST_LEAD + 1, None)):
        old = made(aired_at=START - 9000 * DAY, streak=99, reason_at=START - days * DAY)
        assert max(young, old, key=lambda one: points(one, best)) is (first or old)


@pytest.mark.long
@pytest.mark.parametrize("ranked", [2000, 8])
def test_every_item_has_its_turn_however_little_such_items_brought(
    nightly: Queue, living_room: Instance, monkeypatch: pytest.MonkeyPatch, ranked: int
) -> None:
    """Twenty young items, which are always found and may be searched again after 12 hours, could
    take every search that there is; thirty old ones have never brought anything."""
    monkeypatch.setattr("models.batches.ranking.RANKED", ranked)
    brought(living_room, 200, 0, age_days=3, created_at=START)
    brought(living_room, 0, 200, age_days=3000, created_at=START)
    old = [
        item(living_room, n, aired_at=START - 3000 * DAY, streak=9, searched_at=START - DAY)
        for n in range(30)
    ]
    young = [item(living_room, n, aired_at=START + n * DAY, attempts=0) for n in range(30, 50)]
    nightly.change(order="smart", batch_size=5)
    items, runs_a_day = len(old) + len(young), 4
    bound = (LONGEST_LEAD + items / (runs_a_day * 5)) * DAY + DAY / runs_a_day
    longest = dict.fromkeys([*old, *young], timedelta())
    for number in range(60 * runs_a_day):
        now = START + number * DAY / runs_a_day
        _wake(now)
        for pick in Batch(nightly, now).picks():
            (one,) = pick.items
            longest[one] = max(longest[one], now - one.reason_at)
            hopeless = one in old
            until = now + (60 * DAY if hopeless else DAY / 2)
            one.change(searched_at=now, reason=Reason.COOLDOWN, reason_at=now, cooldown_until=until)
    assert all(timedelta() < each <= bound for each in longest.values())
    assert max(longest[one] for one in old) > 20 * DAY
    assert max(longest[one] for one in young) < 20 * DAY


def _wake(now: datetime) -> None:
    over = (Item.reason == Reason.COOLDOWN) & (Item.cooldown_until <= now)
    Item.update(reason=Reason.ELIGIBLE, reason_at=now).where(over).execute()
