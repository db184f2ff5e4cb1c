"""Judges every item again after the rules have changed."""

import asyncio

from peewee import fn

from jobs.engine import Engine
from models.backlog import Item
from models.backlog.eligibility import Policy
from models.backlog.judging import CHUNK, rejudge

# With 0, two chunks run before a request or a timer has its turn.
A_TURN = 0.001


async def judge_all(engine: Engine) -> None:
    """Judges a chunk of ids at a time, with a turn of the loop between."""
    last = Item.select(fn.MAX(Item.id)).scalar() or 0
    for first in range(0, last, CHUNK):
        which = (Item.id > first) & (Item.id <= first + CHUNK)
        rejudge(which, Policy.current(), engine.clock.now())
        await asyncio.sleep(A_TURN)
