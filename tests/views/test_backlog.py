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
        ("?page=7", ["The Frozen River", "Ice", "100% Wolf", "Wolves"]),
        ("?page=999999999999", ["The Frozen River", "Ice", "100% Wolf", "Wolves"]),
    ],
)  # fmt: skip
async def test_filters_find_what_a_person_looks_for(
    query: str, titles: list[str], veras: Browser, backlog: None
) -> None:
    assert await _titles(veras, query) == titles


def _row(page: str, title: str) -> str:
    """The words of the row with this title."""
    rows = re.findall(r"<tr id=.*?</tr>", page)
    (row,) = (row for row in rows if f"<bdi>{title}</bdi></a>" in row)
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


async def test_each_row_says_its_state_and_its_next_turn(
    veras: Browser, backlog: None, nightly: Queue
) -> None:
    page = (await veras.get("/backlog")).text
    assert _row(page, "The Frozen River").endswith("never 0 eligible Nightly not started")
    nightly.change(started_at=now(), next_run_at=now() + timedelta(hours=2))
    page = (await veras.get("/backlog")).text
    assert _row(page, "The Frozen River").endswith("eligible in 2 h by Nightly")
    assert re.search(r"Upgrade .* never 2 in cooldown from \d", _row(page, "Ice"))
    assert re.search(r"not released yet after \d", _row(page, "100% Wolf"))
    assert _row(page, "Wolves").endswith("excluded by Alice never")
    nightly.change(strategy="cutoff")
    page = (await veras.get("/backlog")).text
    assert _row(page, "The Frozen River").endswith("eligible no queue takes it")


async def test_the_counts_are_links_that_keep_the_filters(veras: Browser, backlog: None) -> None:
    page = await veras.get("/backlog?instance=1")
    assert re.search(
        r'<a href="/backlog\?instance=1&amp;reason=cooldown"> ?<svg[^<]*<rect[^<]*</svg>'
        r" In cooldown <b>1</b>", page.text,
    )  # fmt: skip
    assert re.search(r'<rect data-state="cooldown" x="50.0%" width="50.0%"', page.text)
    assert "All items <b>2</b>" in page.text
    filtered = await veras.get("/backlog?instance=1&reason=cooldown")
    assert '<input type="hidden" name="reason" value="cooldown">' in filtered.text
    assert "1 to 1 of 1" in filtered.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", '<th scope="col" aria-sort="ascending"> <a href="/backlog?down=1">Item'),
        ("?down=1", '<th scope="col" aria-sort="descending"> <a href="/backlog">Item'),
        ("?sort=turn", 'aria-sort="ascending"> <a href="/backlog?sort=turn&amp;down=1">Earliest'),
        ("?sort=turn&want=missing&page=1", '<a href="/backlog?want=missing&amp;sort=released">'),
        ("?sort=x", '<th scope="col" aria-sort="ascending"> <a href='),
    ],
)
async def test_a_head_sorts_by_its_column_and_then_the_other_way_round(
    query: str, told: str, veras: Browser, backlog: None
) -> None:
    assert told in (await veras.get(f"/backlog{query}")).text


async def test_a_letter_is_a_link_and_a_page_has_a_number(
    veras: Browser, living_room: Instance
) -> None:
    for _ in range(51):
        wanted(living_room)
    page = await veras.get("/backlog?letter=l")
    assert 'href="/backlog?letter=l" aria-current="true"> ?L</a>'.replace(" ?", "") in page.text
    assert '<a href="/backlog?letter=l&amp;page=2"><span class="sr-only">Page </span>2' in page.text
    assert "No item matches" in (await veras.get("/backlog?letter=m")).text


async def test_where_the_pages_end_the_rest_is_one_link_away(
    veras: Browser, living_room: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.browsing.LAST_PAGE", 2)
    titles = [wanted(living_room).title for _ in range(103)]
    for page in (2, 3, 900):
        text = (await veras.get(f"/backlog?page={page}")).text
        assert "51 to 100 of 103. Pages end here:" in text
        assert '<a aria-current="page" href="/backlog?page=2">' in text
        assert 'rel="next"' not in text and 'rel="prev" href="/backlog?page=1"' in text
        assert '<a href="/backlog?down=1">begin at the other end</a>' in text
    other_end = (await veras.get("/backlog?down=1")).text
    assert all(f"<bdi>{title}</bdi></a>" in other_end for title in titles[100:])
    last = (await veras.get("/backlog?down=1&page=2")).text
    assert '<a href="/backlog">begin at the other end</a>' in last


async def test_series_are_grids_whose_cells_lead_to_their_items(
    veras: Browser, living_room: Instance
) -> None:
    item = wanted(living_room, title="The Frozen River", season=2, episode=3)
    wanted(living_room, season=2, episode=30, monitored=False)
    page = await veras.get("/backlog?view=series")
    assert 'href="/backlog?instance=1&amp;series=5"><bdi>Low Water</bdi></a>' in page.text
    cell = re.search(rf'<a href="/items/{item.id}\?back=[^>]*><rect [^>]*>', page.text)
    assert cell and 'data-state="eligible" x="28" y="0"' in cell[0]
    assert "<title>2x03 The Frozen River: eligible</title>" in page.text
    assert 'data-state="unmonitored" x="42" y="14"' in page.text
    one = await veras.get("/backlog?instance=1&series=5")
    assert "<title>2x03 The Frozen River: eligible</title>" in one.text and "<table" in one.text


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
    for page in ("/backlog", "/backlog?series=5&instance=1"):
        viewed = (await veras.get(page)).text
        assert 'type="checkbox" name="item"' not in viewed and "/exclusions/many" not in viewed
        assert "?exclude=series" not in viewed
        assert 'type="checkbox" name="item"' in (await bobs.get(page)).text
    assert "?exclude=series" in (await bobs.get("/backlog?series=5&instance=1")).text


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


async def test_without_an_instance_there_is_nothing_to_filter(alices: Browser) -> None:
    page = (await alices.get("/backlog")).text
    assert "No instance yet" in page
    assert 'name="text"' not in page
    assert "Last synced" not in page
