"""The rules change, and every item is asked about again."""

from jobs.engine import Engine
from jobs.sync import sync
from jobs.sync.judging import judge_all
from models.backlog import Item, Tally
from models.backlog.eligibility import Reason
from models.household import Household
from models.instances import Instance


async def test_a_longer_grace_keeps_what_aired_lately(
    engine: Engine, living_room: Instance
) -> None:
    await sync(engine, living_room)
    before = Item.select().where(Item.reason == Reason.UNRELEASED).count()
    Household.current().change(grace_hours=24 * 14)
    await judge_all(engine)
    waiting = Item.select().where(Item.reason == Reason.UNRELEASED).count()
    counted = Tally.select().where(Tally.reason == Reason.UNRELEASED, Tally.items > 0)
    assert waiting > before
    assert sum(tally.items for tally in counted) == waiting
