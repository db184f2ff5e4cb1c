"""Reasons that end by themselves, and the counts that go with them."""

from datetime import timedelta

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item, Tally
from models.backlog.eligibility import Policy, Reason
from models.backlog.judging import next_waking, wake
from models.database.fields import to_ms
from models.instances import Instance
from tests.fakes.clock import FastClock


def _counts() -> dict[tuple[str, int], int]:
    rows = Tally.select(Tally.want, Tally.reason, Tally.items).where(Tally.items > 0).tuples()
    return {(want, reason): items for want, reason, items in rows}


def _cool_down(items: list[Item], until: int) -> None:
    changes = {"reason": Reason.COOLDOWN, "cooldown_until": until, "eligible_at": until}
    Item.update(changes).where(Item.id.in_([item.id for item in items])).execute()


async def test_items_wake_a_chunk_at_a_time_and_the_counts_move_with_them(
    engine: Engine, clock: FastClock, living_room: Instance
) -> None:
    await sync(engine, living_room)
    eligible = list(Item.select().where(Item.reason == Reason.ELIGIBLE))
    _cool_down(eligible, to_ms(clock.now()) + 1000)
    Tally.recount(living_room)
    assert next_waking() == clock.now() + timedelta(seconds=1)

    clock.advance(seconds=2)
    policy = Policy.current()
    woken = [wake(policy, clock.now(), limit=7) for _ in range(len(eligible) // 7 + 1)]
    assert sum(woken) == len(eligible)
    assert wake(policy, clock.now()) == 0
    assert Item.select().where(Item.reason == Reason.ELIGIBLE).count() == len(eligible)

    moved = _counts()
    Tally.recount(living_room)
    assert moved == _counts()


async def test_a_count_that_is_behind_never_becomes_negative(
    engine: Engine, clock: FastClock, living_room: Instance
) -> None:
    await sync(engine, living_room)
    _cool_down(list(Item.select().limit(3)), to_ms(clock.now()) - 1000)
    wake(Policy.current(), clock.now())
    assert Tally.select().where(Tally.items < 0).count() == 0
