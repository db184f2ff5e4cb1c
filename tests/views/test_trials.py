"""The page of an item asks what would be found, and shows the releases."""

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.database.fields import now
from models.instances import Instance
from models.searches import Search
from models.trials import KEPT, Counts, Offered, Trial
from models.wishes import Wish
from tests.fakes.browser import Browser
from tests.views.typed import settled
from tests.wanted import wanted


def offer(**facts: object) -> Offered:
    plain = Offered(
        "Low.Water.S01E01.1080p.WEB-DL-GROUP", "WEBDL-1080p", "Repack", 25, 2_400_000_000, 90,
        "Barnacle", 4, "approved", True, "",
    )  # fmt: skip
    return plain._replace(**facts)  # type: ignore[arg-type]


@pytest.fixture
def item(living_room: Instance) -> Item:
    return wanted(living_room, at=now())


def keep(item: Item, *offers: Offered) -> Trial:
    search = Search.begin([item], None, now(), 1, is_trial=True)
    search.change(state="done", outcome="looked", message="2 releases, 1 of them acceptable.")
    Trial.keep(search, item, now(), offers, Counts(len(offers), 1))
    return Trial.get()


async def test_a_member_is_told_the_cost_before_the_click_and_asks(
    bobs: Browser, engine: Engine, living_room: Instance
) -> None:
    await sync(engine, living_room)
    item = Item.get(Item.reason == Reason.ELIGIBLE)
    page = await bobs.get(f"/items/{item.id}")
    assert "Look what would be found" in page.text
    assert "costs one search of the budget" in page.text and "grabs nothing" in page.text
    answer = await bobs.post(f"/items/{item.id}/trials", follow=False)
    assert answer.status_code == 303
    await settled(engine)
    assert Search.get().is_trial and not Wish.select().exists()


async def test_the_releases_stand_there_with_the_applications_words(
    bobs: Browser, item: Item
) -> None:
    keep(item, offer(), offer(state="rejected", is_taken=False, rejections="too small\n<b>old</b>"))
    page = (await bobs.get(f"/items/{item.id}")).text
    for words in ("WEBDL-1080p", "Score 25", "2.4 GB", "2 h old", "Barnacle", "4 seeders"):
        assert words in page, words
    assert page.count("It would take this") == 1
    assert "too small" in page and "&lt;b&gt;old&lt;/b&gt;" in page
    assert "2 releases, 1 acceptable" in page and "Only looked" in page
    assert "Looked by hand, attempt 1" in page and "By hand searched it" not in page


async def test_an_old_answer_is_not_shown(bobs: Browser, item: Item) -> None:
    keep(item, offer()).change(at=now() - KEPT)
    assert "It would take this" not in (await bobs.get(f"/items/{item.id}")).text


async def test_while_it_is_asked_the_page_says_so_and_follows(bobs: Browser, item: Item) -> None:
    Search.begin([item], None, now(), 1, is_trial=True)
    page = (await bobs.get(f"/items/{item.id}")).text
    assert "Looking what would be found" in page and "Nothing is grabbed" in page
    assert f"/items/{item.id}/trials" not in page and "every 2s" in page


async def test_a_look_is_not_called_a_search_of_the_item(bobs: Browser, item: Item) -> None:
    search = Search.begin([item], None, now(), 1, is_trial=True)
    item.change(searched_at=now(), cooldown_until=now() + KEPT, reason=Reason.COOLDOWN)
    page = (await bobs.get(f"/items/{item.id}")).text
    assert "We are asking what would be found" in page and "It is being searched now" not in page
    assert 'data-state="sending">Looking<' in page
    search.change(state="done", outcome="unknown")
    page = (await bobs.get(f"/items/{item.id}")).text
    assert "what would be found, which counts as a search" in page
    assert "It was searched" not in page and "would find the same" not in page


async def test_a_viewer_sees_no_button_and_no_release(veras: Browser, item: Item) -> None:
    keep(item, offer())
    page = (await veras.get(f"/items/{item.id}")).text
    assert "would be found" not in page and "It would take this" not in page
    assert (await veras.post(f"/items/{item.id}/trials")).status_code == 403
    assert Search.select().count() == 1


async def test_a_masked_page_shows_neither_release_nor_reason(bobs: Browser, item: Item) -> None:
    keep(item, offer(rejections="Low Water is unmonitored on nas.example"))
    await bobs.post("/mask")
    page = (await bobs.get(f"/items/{item.id}")).text
    assert "Low.Water" not in page and "nas.example" not in page
    assert "A reason of the application" in page and "WEBDL-1080p" in page


async def test_a_season_with_several_wanted_episodes_has_a_button_with_its_cost(
    bobs: Browser, item: Item, living_room: Instance
) -> None:
    assert 'name="what" value="season"' not in (await bobs.get(f"/items/{item.id}")).text
    other = wanted(living_room, at=now())
    page = (await bobs.get(f"/items/{item.id}")).text
    assert 'name="what" value="season"' in page and "For the season it costs 1, and 2 items" in page
    keep_season([item, other])
    assert "Season 1:" in (await bobs.get(f"/items/{other.id}")).text


def keep_season(items: list[Item]) -> None:
    search = Search.begin(items, None, now(), 1, is_trial=True)
    search.change(state="done", outcome="looked")
    Trial.keep(search, items[0], now(), [offer()], Counts(1, 1))
