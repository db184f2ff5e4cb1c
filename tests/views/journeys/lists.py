"""Journeys to the backlog, to items and to the history."""

import csv
import io
import re

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.searches import Search
from models.searches.saved_views import SavedView
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person

MANY = "/exclusions/many"


async def _backlog(home: Home) -> Person:
    me = await home.stocked()
    return await (await me.open("/")).follow("/backlog")


def _shown(me: Person) -> list[int]:
    return [int(each) for each in re.findall(r'name="item" value="(\d+)"', me.html)]


async def filter_the_backlog(home: Home) -> None:
    me = await _backlog(home)
    one = Item.select().order_by(Item.id.desc()).first()
    await me.submit("/backlog", text=one.title)
    shown = [Item.get_by_id(each).title for each in _shown(me)]
    assert shown and set(shown) == {one.title}


async def sort_the_backlog(home: Home) -> None:
    me = await _backlog(home)
    ways = re.findall(r'href="(/backlog\?[^"]*sort=[^"]*)"', me.html)
    before = _shown(me)
    found = [_shown(await me.open(way)) for way in ways]
    assert ways and any(each != before for each in found)


async def leaf_by_letter(home: Home) -> None:
    me = await _backlog(home)
    letter = Item.select().order_by(Item.sort_title.desc()).first().sort_title[0]
    await me.follow(f"/backlog?letter={letter}")
    assert {Item.get_by_id(each).sort_title[0] for each in _shown(me)} == {letter}


async def exclude_many(home: Home) -> None:
    me = await _backlog(home)
    marked = _shown(me)[:3]
    await me.submit(MANY, item=marked, until="")
    assert _excluded() == set(marked)
    assert not [each for each in Exclusion.select() if each.until]


async def snooze_many(home: Home) -> None:
    me = await _backlog(home)
    marked = _shown(me)[:2]
    await me.submit(MANY, item=marked, until="7")
    assert _excluded() == set(marked)
    assert all(each.until for each in Exclusion.select())


async def undo_it(home: Home) -> None:
    me = await _backlog(home)
    await me.submit(MANY, item=_shown(me)[:2], until="7")
    await me.submit(MANY, _method="DELETE")
    assert not _excluded() and not Exclusion.select().exists()


async def search_many(home: Home) -> None:
    me = await _backlog(home)
    marked = _shown(me)[:2]
    await me.submit(MANY, at="/searches/preview", item=marked)
    assert "Send 2 searches" in me.html and not Search.select().exists()
    await me.submit("/searches")
    await home.settled()
    assert Search.select().count() == 2


def _excluded() -> set[int]:
    return {each.id for each in Item.select().where(Item.reason == Reason.EXCLUDED)}


async def _item(home: Home) -> Person:
    """The page of an item, from the backlog."""
    me = await _backlog(home)
    first = re.search(r'href="(/items/\d+[^"]*)"', me.html)
    assert first
    return await me.follow(first[1])


async def search_an_item(home: Home) -> None:
    me = await _item(home)
    action = re.search(r'action="(/items/\d+/searches)"', me.html)
    assert action
    await me.submit(action[1])
    await home.settled()
    assert Search.get().outcome


async def look_what_would_be_found(home: Home) -> None:
    me = await _item(home)
    action = re.search(r'action="(/items/\d+/trials)"', me.html)
    assert action
    await me.submit(action[1])
    await home.settled()
    assert Search.get().is_trial and Search.get().outcome


async def snooze_an_item(home: Home) -> None:
    me = await _item(home)
    await me.submit("/exclusions", until="30")
    assert Exclusion.get().until and len(_excluded()) == 1


async def exclude_a_series(home: Home) -> None:
    me = await _item(home)
    await me.submit("/exclusions", kind="series", until="", date="")
    found = Exclusion.get()
    assert (found.kind, found.until) == ("series", None)


async def exclude_until_a_day(home: Home) -> None:
    me = await _item(home)
    await me.submit("/exclusions", kind="item", until="date", date="2031-02-03")
    assert Exclusion.get().until.year == 2031


async def end_an_exclusion(home: Home) -> None:
    me = await _item(home)
    await me.submit("/exclusions", until="30")
    await (await me.open("/backlog")).follow("/exclusions")
    await me.submit(f"/exclusions/{Exclusion.get().id}")
    assert not _excluded()


async def filter_the_history(home: Home) -> None:
    me = await (await home.searched()).open("/searches")
    await me.follow("/searches?outcome=nothing")
    assert me.html.count('class="history-row"') == 5
    await me.submit("/searches", since="2019-01-01", until="2019-01-02")
    assert "No search matches" in me.html


async def save_a_view(home: Home) -> None:
    me = await (await home.searched()).open("/searches?outcome=nothing")
    await me.submit("/searches/views", name="In vain")
    assert (SavedView.get().name, SavedView.get().filters) == ("In vain", "outcome=nothing")


async def remove_a_view(home: Home) -> None:
    me = await (await home.searched()).open("/searches?outcome=nothing")
    await me.submit("/searches/views", name="In vain")
    await me.submit("/searches/views/1", _method="DELETE")
    assert not SavedView.select().exists()


async def take_the_history_away(home: Home) -> None:
    me = await (await home.searched()).open("/searches?outcome=nothing")
    await me.follow("/searches.csv?outcome=nothing")
    rows = list(csv.reader(io.StringIO(me.page)))
    assert len(rows) == 6
