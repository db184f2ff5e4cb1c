"""The synthetic libraries themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import httpx
import pytest

from jobs.demo.library import Episode, Library
from jobs.demo.server import demo_app
from jobs.demo.sizes import Size
from jobs.demo.traits import TRAITS
from tests.fakes.arr import FakeArr

Open = Callable[[Any], httpx.AsyncClient]
NOW = int(datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp())


def _household(application: str) -> Library:
    traits = TRAITS[application]
    return traits.build(traits.household, Random("seed"), NOW)


def test_a_household_has_some_thousand_items() -> None:
    library, movies = _household("sonarr"), _household("radarr")
    assert len(library.series) == 120
    assert sum(item.wanted and item.missing(NOW) for item in library.items.values()) == 1400
    assert sum(item.wanted and item.upgradable for item in library.items.values()) == 700
    assert 950 < len(movies.items) < 1100
    assert sum(item.wanted and item.missing(NOW) for item in movies.items.values()) == 600
    assert sum(item.wanted and item.upgradable for item in movies.items.values()) == 350


def test_series_are_of_every_kind() -> None:
    library = _household("sonarr")
    assert {series.type for series in library.series.values()} == {"standard", "daily", "anime"}
    assert {series.status for series in library.series.values()} == {"continuing", "ended"}
    episodes = [item for item in library.items.values() if isinstance(item, Episode)]
    missing = [each for each in episodes if each.wanted and each.missing(NOW)]
    assert any(each.season == 0 for each in missing)
    assert sum(each.recent(NOW) for each in missing) > 20
    assert any(not each.out(NOW) for each in episodes)


@pytest.mark.parametrize("application", ["sonarr", "radarr"])
def test_titles_are_all_different_and_some_are_hard_to_print(application: str) -> None:
    library = _household(application)
    titles = [one.title for one in (library.series or library.items).values()]
    assert len(set(titles)) == len(titles)
    everything = "".join(titles)
    assert all(sign in everything for sign in "<>&'")
    assert any("\u3040" <= letter <= "\u9fff" for letter in everything)
    assert any("\u0590" <= letter <= "\u06ff" for letter in everything)


@pytest.mark.parametrize("application", ["sonarr", "radarr"])
def test_the_same_seed_gives_the_same_library(application: str) -> None:
    def seen(seed: int) -> list[tuple[object, ...]]:
        world = FakeArr(application, seed=seed).world
        return [(item.title, item.file is None, item.searched) for item in world.items.values()]

    assert seen(3) == seen(3)
    assert seen(3) != seen(4)


@pytest.mark.parametrize("size", [Size(0, 0), Size(1, 0), Size(0, 1), Size(3, 40), Size(41, 2)])
@pytest.mark.parametrize("application", ["sonarr", "radarr"])
def test_small_numbers_are_exact_too(application: str, size: Size) -> None:
    world = FakeArr(application, size=size).world
    wanted = [item for item in world.items.values() if item.wanted]
    assert sum(item.missing(NOW) for item in wanted) == size.missing
    assert sum(item.upgradable for item in wanted) == size.upgrade


def test_a_factor_scales_the_household() -> None:
    world = demo_app("sonarr", size=0.1, now=lambda: datetime.fromtimestamp(NOW, UTC)).world
    assert sum(item.wanted and item.missing(NOW) for item in world.items.values()) == 140


@pytest.mark.long
@pytest.mark.parametrize("application", ["sonarr", "radarr"])
async def test_fifty_thousand_items_are_served_a_page_at_a_time(
    application: str, open_client: Open
) -> None:
    client = open_client(FakeArr(application, size=Size(35_000, 15_000)))
    page = await client.get("wanted/missing?pageSize=1000&page=7")
    assert len(page.json()["records"]) == 1000
    assert page.json()["totalRecords"] == 35_000


def test_the_unmonitored_are_there_as_well() -> None:
    library = _household("sonarr")
    assert any(not series.monitored for series in library.series.values())
    assert any(not item.monitored for item in library.items.values())


async def test_a_demo_needs_nothing_but_its_name(open_client: Open) -> None:
    for application, name in (("sonarr", "Sonarr"), ("radarr", "Radarr")):
        client: httpx.AsyncClient = open_client(demo_app(application))  # type: ignore[arg-type]
        assert (await client.get("system/status")).json()["appName"] == name


async def test_a_whole_backlog_can_be_searched_at_once(open_client: Open) -> None:
    server = FakeArr("sonarr", size=Size(20_000, 0), find_rate=0.5)
    client = open_client(server)
    await client.post("command", json={"name": "MissingEpisodeSearch"})
    server.advance(60)
    downloads = (await client.get("queue/status")).json()["totalCount"]
    assert 8_000 < downloads < 14_000
