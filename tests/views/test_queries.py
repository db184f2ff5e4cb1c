"""What the pages that people look at most ask of the database."""

import logging
import re

import pytest

from models.backlog import Item
from models.browsing.sorts import SORTS
from models.database import Database
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.wanted import wanted
from views.web.kept import KeptParts

PAGES = (
    "/",
    "/queues",
    "/instances",
    "/plan",
    "/yield",
    "/backlog",
    "/backlog?reason=eligible",
    "/items/1",
    "/queues/1/preview",
    *("/searches", "/searches?outcome=grabbed", "/searches?instance=1&outcome=nothing"),
    *("/searches?text=title", "/searches?outcome=held", "/searches?since=2026-05-01&want=missing"),
    *("/searches.csv", "/runs", "/runs/1"),
)
SORTED = [f"/backlog?sort={sort}&down=1" for sort in SORTS]
MORE = (*SORTED, "/backlog?letter=l", "/backlog?view=series", "/backlog?instance=1&series=5")
# All of a backlog or of a history: nobody reads that for one page.
LARGE = {"items", "searches", "search_items", "runs"}
TABLE = re.compile(r'"(\w+)" AS "(t\d+)"')
# A page may ask for the household once more where its parts are asked apart.
HOUSEHOLD = 'FROM "settings"'

Asked = list[tuple[str, list[object]]]


@pytest.fixture
def household(started: Queue, living_room: Instance, cinema: Instance) -> None:
    """A smart queue of two instances beside a usual one, with runs, searches and items."""
    started.change(order="smart", strategy="custom")
    started.serve([living_room, cinema])
    other = Queue.create(**started.__data__ | {"id": None, "name": "Other", "key": "other"})
    other.change(order="least_recent")
    other.serve([living_room])
    for queue in (started, other):
        run = Run.start(queue, START, trigger="schedule")
        assert run is not None
        Search.begin([wanted(living_room)], run, START, 1).change(state="done")
        run.finish("finished", START)
    wanted(cinema)


async def asked(browser: Browser, page: str, caplog: pytest.LogCaptureFixture) -> Asked:
    """The statements of one page, with their values, as peewee tells them."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "peewee"):
        assert (await browser.get(page)).status_code == 200
    told = [record.msg for record in caplog.records if record.name == "peewee"]
    # What a new connection of a server is told first.
    return [each for each in told if "set_config" not in each[0]]


# Not the item's: queues that take the same count the same.
@pytest.mark.parametrize("page", [page for page in PAGES if "items" not in page])
async def test_a_page_asks_nothing_twice(
    page: str, veras: Browser, household: None, caplog: pytest.LogCaptureFixture
) -> None:
    found = [repr(each) for each in await asked(veras, page, caplog) if HOUSEHOLD not in each[0]]
    assert len(found) > 2
    assert [each for each in found if found.count(each) > 1] == []


async def test_the_dashboard_asks_for_the_household_once(
    veras: Browser, household: None, caplog: pytest.LogCaptureFixture
) -> None:
    found = [sql for sql, _ in await asked(veras, "/", caplog) if HOUSEHOLD in sql]
    assert len(found) == 1


async def test_the_dashboard_asks_no_more_for_more_queues(
    veras: Browser, household: None, caplog: pytest.LogCaptureFixture
) -> None:
    # The first page of a session may note when it was seen.
    await veras.get("/")
    veras.state.kept = KeptParts()
    before = len(await asked(veras, "/", caplog))
    first = Queue.get_by_id(1)
    for number in range(5):
        name = f"queue {number}"
        row = Queue.create(**first.__data__ | {"id": None, "name": name, "key": name})
        row.serve(first.instances)
    veras.state.kept = KeptParts()
    assert len(await asked(veras, "/", caplog)) == before


@pytest.mark.embedded("asks SQLite for its plans of small tables")
@pytest.mark.parametrize("page", [*PAGES, *MORE])
async def test_no_page_reads_all_of_a_large_table(
    page: str, veras: Browser, household: None, caplog: pytest.LogCaptureFixture, db: Database
) -> None:
    for sql, values in await asked(veras, page, caplog):
        tables = {alias: name for name, alias in TABLE.findall(sql)}
        plan = db.rows(f"EXPLAIN QUERY PLAN {sql}", tuple(values))
        scans = [row[3].split() for row in plan if row[3].startswith("SCAN")]
        scanned = {tables.get(words[1], words[1]) for words in scans if "INDEX" not in words}
        assert not scanned & LARGE, sql
        # The parts of the turns are short lists, which are sorted where they are merged.
        if "items_by_" in str(plan) and "sort=turn" not in page:
            assert "TEMP B-TREE" not in str(plan), sql


async def test_an_item_beyond_the_ranked_ones_is_not_weighed(
    veras: Browser,
    household: None,
    living_room: Instance,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.batches.places.RANKED", 1)
    last = wanted(living_room, searched_at=START, cooldown_until=None)
    Item.update(reason=0, reason_at=START).execute()
    page = await asked(veras, f"/items/{last.id}", caplog)
    assert not [sql for sql, _ in page if "UNION" in sql or 'FROM "yields"' in sql]


async def test_the_page_of_an_item_asks_no_more_for_a_longer_season(
    bobs: Browser, living_room: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    first = wanted(living_room)
    wanted(living_room)
    few = await asked(bobs, f"/items/{first.id}", caplog)
    for _ in range(10):
        wanted(living_room)
    assert len(await asked(bobs, f"/items/{first.id}", caplog)) == len(few)
