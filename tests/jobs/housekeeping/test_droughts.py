"""Instances whose searches bring nothing for weeks."""

from datetime import timedelta

from jobs.engine import Engine
from jobs.housekeeping.droughts import ENOUGH, note_droughts
from models.happenings import Happening
from models.instances import Instance
from models.searches import Search
from tests.fakes.clock import FastClock


def _search(
    instance: Instance, clock: FastClock, outcome: str = "nothing", *, is_trial: bool = False
) -> None:
    names = {"queue_name": "x", "instance_name": "x", "title": "x", "demo": False}
    what = {"kind": "episode", "want": "missing", "attempt": 1, "state": "done"}
    what |= {"outcome": outcome, "is_trial": is_trial}
    Search.create(instance=instance, created_at=clock.now(), **names, **what)


async def test_an_instance_that_finds_nothing_is_noted_once_in_four_weeks(
    engine: Engine, clock: FastClock, living_room: Instance, cinema: Instance
) -> None:
    for number in range(ENOUGH):
        _search(living_room, clock)
        _search(cinema, clock, "grabbed" if number == 3 else "nothing")
    for _ in range(3):
        await note_droughts(engine)
        clock.advance(days=9)
    (noted,) = Happening.select()
    assert (noted.kind, noted.instance) == ("nothing-found", living_room.id)
    clock.present -= timedelta(days=27)
    clock.advance(days=29)
    for _ in range(ENOUGH):
        _search(living_room, clock)
    await note_droughts(engine)
    assert Happening.select().count() == 2


async def test_a_few_searches_say_nothing(
    engine: Engine, clock: FastClock, living_room: Instance
) -> None:
    for _ in range(ENOUGH - 1):
        _search(living_room, clock)
    # What only looked could bring nothing.
    _search(living_room, clock, "looked", is_trial=True)
    await note_droughts(engine)
    assert Happening.select().count() == 0
