"""What the demo servers find by chance, and by their feeds."""

from datetime import timedelta

import httpx

from jobs.demo.sizes import Size
from tests.fakes.arr import FakeArr


async def test_about_a_third_of_the_searches_find_something_and_more_of_recent_ones() -> None:
    server = FakeArr("sonarr", size=Size(1400, 700, searched=0), find_rate=0.3)
    now, world = server.world.now(), server.world
    wanted = [item for item in world.items.values() if item.wanted and item.missing(now)]
    recent = [item for item in wanted if item.recent(now)]
    found = [item for item in wanted if world.lucky(item, now)]
    older = [item for item in found if item not in recent]
    assert 0.25 < len(older) / (len(wanted) - len(recent)) < 0.35
    assert (len(found) - len(older)) / len(recent) > 0.5


async def test_the_same_search_has_the_same_outcome_in_the_same_library() -> None:
    def tries(seed: int) -> list[bool]:
        world = FakeArr("sonarr", find_rate=0.3, seed=seed).world
        return [world.lucky(item, world.now()) for item in world.items.values()]

    assert tries(7) == tries(7)
    assert tries(7) != tries(8)


async def test_feeds_bring_something_by_themselves_now_and_then(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    living_room.world.rss_per_hour = 1.5
    living_room.now += timedelta(hours=20)
    grabs = (await sonarr.get("history/since?date=2026-05-04T12:00:00Z&eventType=1")).json()
    assert {each["data"]["releaseSource"] for each in grabs} == {"Rss"}
    assert 3 < len(grabs) < 60
