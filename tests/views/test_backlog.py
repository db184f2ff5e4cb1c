"""Looking through all that is wanted."""

import re
from datetime import timedelta

import pytest

from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.backlog.seasons import Season
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.queues import Queue
from tests.fakes.browser import Browser
from tests.wanted import wanted


@pytest.fixture
def backlog(living_room: Instance, cinema: Instance, alice: User) -> None:
    """An episode, an upgrade that was searched, a movie that waits, and an excluded one."""
    at = now()
    wanted(living_room, title="The Frozen River", at=at)
    later = at + timedelta(days=3)
    wanted(living_room, title="Ice", want="upgrade", cooldown_until=later, attempts=2, at=at)
    wanted(cinema, title="100% Wolf", available=False, aired_at=at + timedelta(days=40), at=at)
    wolf = wanted(cinema, title="Wolves", at=at)
    Exclusion.decide(wolf, "item", until=None, user=alice, at=at)


async def _titles(browser: Browser, query: str) -> list[str]:
    page = await browser.get(f"/backlog{query}")
    assert page.status_code == 200
    known = ["The Frozen River", "Ice", "100% Wolf", "Wolves"]
    return [title for title in known if f"<bdi>{title}</bdi></a>" in page.text]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["The Frozen River", "Ice", "100% Wolf", "Wolves"]),
        ("?instance=2", ["100% Wolf", "Wolves"]),
        ("?want=upgrade", ["Ice"]),
        ("?reason=cooldown", ["Ice"]),
        ("?reason=excluded&instance=2", ["Wolves"]),
        ("?reason=left", []),
        ("?series=5", ["The Frozen River", "Ice"]),
        ("?text=wol", ["100% Wolf", "Wolves"]),
        ("?text=low+water", ["The Frozen River", "Ice"]),
        ("?text=%25", ["100% Wolf"]),
        ("?text=%00", ["The Frozen River", "Ice", "100% Wolf", "Wolves"]),
        ("?reason=pack&want=x&instance=-1&series=99999999999999999999&page=x",
         ["The Frozen River", "Ice", "100% Wolf", "Wolves"]),
        ("?instance=99", []),
        ("?page=7", []),
        ("?page=999999999999", []),
    ],
)  # fmt: skip
async def test_filters_find_what_a_person_looks_for(
    query: str, titles: list[str], veras: Browser, backlog: None
) -> None:
    assert await _titles(veras, query) == titles


async def test_each_item_says_its_state_in_words(veras: Browser, backlog: None) -> None:
    page = await veras.get("/backlog")
    assert "eligible, never searched" in page.text
    assert ", searched 2 times" in page.text and "in cooldown until <time" in page.text
    assert "not released yet, <time" in page.text
    assert "excluded by <bdi>Alice</bdi> for ever" in page.text


async def test_the_counts_are_links_that_keep_the_filters(veras: Browser, backlog: None) -> None:
    page = await veras.get("/backlog?instance=1")
    assert '<a href="/backlog?instance=1&amp;reason=cooldown">In cooldown <b>1</b>' in page.text
    assert "All items <b>2</b>" in page.text
    filtered = await veras.get("/backlog?instance=1&reason=cooldown")
    assert '<input type="hidden" name="reason" value="cooldown">' in filtered.text
    assert "1 to 1 of 1" in filtered.text


async def test_a_page_leads_to_its_neighbours(veras: Browser, living_room: Instance) -> None:
    for _ in range(51):
        wanted(living_room)
    page = await veras.get("/backlog?text=title")
    assert 'rel="next" href="/backlog?text=title&amp;page=2"' in page.text
    assert "1 to 50 of 51" in page.text
    assert 'rel="next"' not in (await veras.get("/backlog?text=title&page=2")).text


async def test_only_those_who_may_are_offered_to_exclude(
    veras: Browser, bobs: Browser, backlog: None
) -> None:
    assert "?exclude=series" not in (await veras.get("/backlog")).text
    assert "?exclude=series" in (await bobs.get("/backlog")).text


async def test_hostile_titles_are_shown_as_text(veras: Browser, living_room: Instance) -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    item = wanted(living_room, title=evil, series_title=evil, root_folder=evil, slug=evil)
    for path in ("/backlog", f"/items/{item.id}", "/backlog?text=%3Cimg&series=5"):
        page = await veras.get(path)
        assert page.status_code == 200
        assert "<img" not in page.text and "&lt;img src=x" in page.text


async def test_an_empty_backlog_says_what_to_do(veras: Browser, living_room: Instance) -> None:
    assert "No item is wanted" in (await veras.get("/backlog")).text
    assert "No item matches" in (await veras.get("/backlog?text=x")).text


async def test_signed_out_there_is_nothing_to_see(browser: Browser, alice: User) -> None:
    assert (await browser.get("/backlog")).url.path == "/session/new"


async def test_a_series_says_why_its_seasons_are_not_searched_as_packs(
    veras: Browser, living_room: Instance, nightly: Queue
) -> None:
    nightly.change(packs="when")
    Season.create(instance=living_room, series_id=5, number=1, monitored_episodes=3, ended=True)
    items = [wanted(living_room) for _ in range(3)]
    items[0].change(reason=Reason.EXCLUDED)
    words = "Season 1 is not searched as a pack: 1 of its 3 wanted episodes is excluded."
    assert words in (await veras.get(f"/backlog?series=5&instance={living_room.id}")).text
    assert words in (await veras.get(f"/items/{items[1].id}")).text
    assert "as a pack" not in (await veras.get("/backlog")).text


async def test_an_item_says_that_a_pack_covers_it_though_it_still_rests(
    veras: Browser, living_room: Instance, nightly: Queue
) -> None:
    nightly.change(packs="when")
    Season.create(instance=living_room, series_id=5, number=1, monitored_episodes=3, ended=True)
    at = now()
    for _ in range(2):
        wanted(living_room)
    facts = {"searched_at": at - timedelta(days=9), "cooldown_until": at + timedelta(days=9)}
    item = wanted(living_room, at=at, **facts)
    page = await veras.get(f"/items/{item.id}")
    assert "One search for its season covers it together with 2 others" in page.text


async def test_it_says_how_old_each_list_is(veras: Browser, living_room: Instance) -> None:
    living_room.change(synced_at=now() - timedelta(minutes=12))
    page = await veras.get("/backlog")
    assert re.search(r"Last synced: .*Living room</bdi></a> <time [^>]*>12 min ago", page.text)
