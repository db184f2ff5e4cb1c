"""One item, explained."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from jobs.engine import Engine
from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.backlog.snapshots import Snapshot
from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.grabs import Grab
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.timing import every
from tests.views.typed import settled
from tests.wanted import wanted

WEEK = timedelta(days=7)


def _wanted(instance: Instance, **facts: Any) -> Item:
    return wanted(instance, at=now(), **facts)


@pytest.mark.parametrize(
    ("facts", "headline", "remedy"),
    [
        ({}, "Eligible", "waits for its turn"),
        ({"monitored": False}, "Not monitored", "Monitor it in Sonarr"),
        ({"downloading": True}, "Already downloading", "look at Activity in Sonarr"),
        ({"available": False}, "Not released yet", "lower its minimum availability"),
        ({"aired_at": now() + WEEK}, "Not released yet: searched from", "After that it is"),
        ({"left_at": START}, "No longer wanted", "it comes back with its"),
        ({"searched_at": now() - WEEK, "cooldown_until": now() + WEEK, "streak": 2},
         "In cooldown until", "the last 2 searches brought nothing"),
        ({"arr_searched_at": now() - timedelta(days=1)}, "In cooldown until", "something else"),
        ({"want": "upgrade"}, "but no queue takes it", "make a queue"),
    ],
)  # fmt: skip
async def test_each_reason_is_said_with_what_can_be_done(
    facts: dict[str, Any], headline: str, remedy: str,
    bobs: Browser, nightly: Queue, living_room: Instance,
) -> None:  # fmt: skip
    page = await bobs.get(f"/items/{_wanted(living_room, **facts).id}")
    assert page.status_code == 200
    assert headline in page.text and remedy in page.text


async def test_its_place_in_each_queue_is_shown(
    veras: Browser, nightly: Queue, living_room: Instance, alice: User
) -> None:
    nightly.start(now() + timedelta(hours=1))
    items = [_wanted(living_room) for _ in range(7)]
    other = Queue.create(
        owner=alice, name="Better", key="better", strategy="cutoff", batch_size=5,
        schedule_json=every(120), created_at=START,
    )  # fmt: skip
    other.serve([living_room])
    page = await veras.get(f"/items/{items[-1].id}")
    assert "<b>7</b> of 7" in page.text and "This queue reaches it in" in page.text
    assert "It takes only missing items" not in page.text
    assert "It takes only upgrades." in page.text
    assert "In the next run" in (await veras.get(f"/items/{items[0].id}")).text


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("random", "Each run chooses its items at random."),
        ("smart", "Score "),
        ("title", "<b>1</b> of 1"),
    ],
)
async def test_every_order_has_its_words(
    order: str, words: str, veras: Browser, nightly: Queue, living_room: Instance
) -> None:
    nightly.change(order=order)
    assert words in (await veras.get(f"/items/{_wanted(living_room).id}")).text


async def test_facts_and_searches_are_shown(veras: Browser, living_room: Instance) -> None:
    living_room.change(demo=False, url="http://tv.lan:8989")
    Snapshot.create(instance=living_room, kind="profile", arr_id=4, name="HD", fingerprint="")
    Snapshot.create(instance=living_room, kind="tag", arr_id=9, name="kids", fingerprint="")
    item = _wanted(living_room, profile_id=4, tags=[9], root_folder="/data/tv")
    search = Search.begin([item], None, now(), 1)
    search.change(state="done", outcome="grabbed", release="Low.Water.S01E01", indexer="Nest")
    page = await veras.get(f"/items/{item.id}")
    for words in ("HD", "kids", "/data/tv", "Low.Water.S01E01", "from <bdi>Nest</bdi>", "by hand"):
        assert words in page.text
    assert 'href="http://tv.lan:8989/series/low-water"' in page.text


async def test_searching_now_is_shown_until_it_is_over(
    bobs: Browser, engine: Engine, living_room: Instance
) -> None:
    item = _wanted(living_room)
    async with engine.lane(living_room.id).turn():
        page = await bobs.post(f"/items/{item.id}/searches")
        assert page.url.path == f"/items/{item.id}"
        assert 'hx-trigger="every 2s' in page.text and "Waiting for its turn" in page.text
        assert "Search now</button>" not in page.text
        again = await bobs.post(f"/items/{item.id}/searches")
        assert "It is being searched already." in again.text
    await settled(engine)
    after = await bobs.get(f"/items/{item.id}")
    assert "hx-trigger" not in after.text and "Search now</button>" in after.text
    assert "Nothing was sent" in after.text or Search.of_item(item).exists()


async def test_a_poll_that_would_show_the_same_is_empty(
    bobs: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room)
    search = Search.begin([item], None, now(), 1)
    item.change(searched_at=now(), cooldown_until=now() + WEEK, streak=1)
    page = await bobs.get(f"/items/{item.id}")
    assert "It is being searched now" in page.text
    address = unescape(page.text.partition('hx-get="')[2].partition('"')[0])
    assert (await bobs.get(address, htmx=True)).status_code == 204
    search.change(state="done", outcome="nothing")
    over = await bobs.get(address, htmx=True)
    assert over.status_code == 200 and "hx-trigger" not in over.text
    assert "<html" not in over.text


async def test_a_closed_gate_is_named_and_nothing_is_sent(
    bobs: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room)
    Household.current().change(held_at=now())
    page = await bobs.post(f"/items/{item.id}/searches")
    assert "Everything is on hold." in page.text
    assert not Search.select().exists()
    answer = await bobs.post(f"/items/{item.id}/searches", htmx=True)
    assert answer.headers["hx-location"] == f"/items/{item.id}"


async def test_viewers_read_and_do_not_search(veras: Browser, living_room: Instance) -> None:
    item = _wanted(living_room)
    assert "Search now</button>" not in (await veras.get(f"/items/{item.id}")).text
    assert (await veras.post(f"/items/{item.id}/searches")).status_code == 403
    assert not Search.select().exists()


@pytest.mark.parametrize(
    "facts",
    [{}, {"monitored": False}, {"searched_at": now() - WEEK, "cooldown_until": now() + WEEK}],
)
async def test_viewers_are_not_advised_to_do_what_they_may_not(
    facts: dict[str, Any], veras: Browser, bobs: Browser, nightly: Queue, living_room: Instance
) -> None:
    nightly.start(now() + timedelta(hours=1))
    page = f"/items/{_wanted(living_room, **facts).id}"
    advice = re.compile("search it now|Sync now on", re.IGNORECASE)
    assert advice.search((await bobs.get(page)).text)
    assert not advice.search((await veras.get(page)).text)


@pytest.mark.parametrize("path", ["/items/99", "/items/99999999999999999999", "/items/x"])
async def test_an_item_that_is_not_there_is_not_found(path: str, bobs: Browser) -> None:
    assert (await bobs.get(path)).status_code == 404
    assert (await bobs.post(f"{path}/searches")).status_code == 404


async def test_signed_out_nothing_is_searched(
    browser: Browser, alice: User, living_room: Instance
) -> None:
    item = _wanted(living_room)
    answer = await browser.post(f"/items/{item.id}/searches", follow=False)
    assert answer.headers["location"].startswith("/session/new")
    assert not Search.select().exists()


async def test_every_exclusion_upon_it_is_shown_with_its_undoing(
    bobs: Browser, alices: Browser, alice: User, living_room: Instance
) -> None:
    item = _wanted(living_room)
    made = Exclusion.decide(item, "series", until=None, user=alice, at=now())
    form = f'action="/exclusions/{made.id}"'
    assert form in (await alices.get(f"/items/{item.id}")).text
    page = await bobs.get(f"/items/{item.id}")
    assert "The whole series, for ever: by <bdi>Alice</bdi>" in page.text and form not in page.text


def _grabbed(item: Item, **ended: Any) -> None:
    """By a search five days ago."""
    search = Search.begin([item], None, now() - timedelta(days=5), 1)
    search.change(state="done", outcome="grabbed", release="Low.Water", **ended)
    Grab.create(
        search=search, instance=item.instance, arr_id=item.arr_id, download_id="A1",
        release="Low.Water", indexer="Nest", grabbed_at=search.created_at, **ended,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ended", "brought", "words"),
    [
        ({"fate": "imported", "fate_at": now() - timedelta(days=4)}, True, "It was imported <time"),
        ({"fate": "imported", "fate_at": now() - timedelta(days=4)}, True, "from our search of"),
        ({}, True, "grabbed it; Sonarr has not reported its import yet"),
        ({"fate": "failed", "fate_at": now()}, False, "without our search"),
        (None, False, "without our search"),
        (None, True, "Our search brought it"),
        (None, None, "it was found or removed"),
    ],
)
async def test_an_item_that_left_says_what_brought_it(
    ended: dict[str, Any] | None, brought: bool | None, words: str,
    veras: Browser, living_room: Instance,
) -> None:  # fmt: skip
    item = _wanted(living_room, left_at=now() - timedelta(days=3), brought=brought)
    if ended is not None:
        _grabbed(item, **ended)
    assert words in (await veras.get(f"/items/{item.id}")).text


async def test_a_fate_that_becomes_known_is_news_to_a_poll(
    veras: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room)
    _grabbed(item)
    before = await veras.get(f"/items/{item.id}")
    assert "not imported yet" in before.text
    Search.update(fate="imported", fate_at=now() - timedelta(days=4)).execute()
    assert "imported <time" in (await veras.get(f"/items/{item.id}")).text


async def test_a_search_in_the_future_is_not_called_just_now(
    veras: Browser, living_room: Instance
) -> None:
    at = now()
    told = at + timedelta(days=1500)
    item = _wanted(living_room, arr_searched_at=at, arr_searched_told=told)
    page = await veras.get(f"/items/{item.id}")
    assert "reports a search in the future" in page.text
    assert "searched just now" not in page.text


async def test_an_imported_item_is_not_said_to_be_wanted_and_never_searched(
    veras: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room)
    search = Search.begin([item], None, now(), 1)
    search.change(state="done", outcome="grabbed", fate="imported", fate_at=now())
    told = {"download_id": "x", "release": "x", "indexer": "x", "grabbed_at": now()}
    Grab.create(
        search=search,
        instance=living_room,
        arr_id=item.arr_id,
        fate="imported",
        fate_at=now(),
        **told,
    )
    page = await veras.get(f"/items/{item.id}")
    assert "<h2>Imported <time" in page.text and "It leaves the backlog at" in page.text
    backlog = await veras.get("/backlog")
    assert "leaves the backlog at the next sync" in backlog.text
    assert "imported <time" in backlog.text and "eligible</td>" not in backlog.text


async def test_the_story_runs_from_what_comes_back_to_how_the_item_came_here(
    veras: Browser, living_room: Instance, nightly: Queue
) -> None:
    at = now()
    living_room.change(created_at=at - timedelta(days=900))
    facts = {"searched_at": at - 2 * WEEK, "cooldown_until": at + WEEK, "attempts": 30}
    item = _wanted(living_room, first_seen_at=at - 3 * WEEK, aired_at=at - 99 * WEEK, **facts)
    item.change(arr_searched_at=at - timedelta(days=10))
    search = Search.begin([item], None, at - 2 * WEEK, 1)
    search.change(state="done", outcome="nothing", message="No luck")
    page = (await veras.get(f"/items/{item.id}")).text
    told = [
        "Its cooldown ends", "Searched by something else", "Searched by hand, attempt", "No luck",
        "Came here: <bdi>Living room</bdi> put it on its list of missing items", "Came out",
        "Its latest 1 searches of 30.",
    ]  # fmt: skip
    assert sorted(map(page.index, told)) == [page.index(each) for each in told]
    item.change(first_seen_at=living_room.created_at)
    assert "listed it already at our first sync" in (await veras.get(f"/items/{item.id}")).text


async def test_the_next_run_that_may_take_it_stands_in_the_story(
    veras: Browser, living_room: Instance, nightly: Queue
) -> None:
    nightly.start(now() + timedelta(hours=1))
    page = await veras.get(f"/items/{_wanted(living_room).id}")
    assert re.search(r'data-kind="coming"[^>]*> ?<p class="story-words">Next run of <a', page.text)


async def test_its_series_is_drawn_with_the_item_marked(
    veras: Browser, living_room: Instance, cinema: Instance
) -> None:
    item, other = _wanted(living_room), _wanted(living_room, season=2)
    page = (await veras.get(f"/items/{item.id}?back=/searches")).text
    marked = re.search(r'<a href="([^"]*)" tabindex="-1"> ?<rect [^>]*data-marked>', page)
    assert marked and marked[1] == f"/items/{item.id}?back=/searches"
    assert f'href="/items/{other.id}?back=/searches"' in page
    assert "season-grid" not in (await veras.get(f"/items/{_wanted(cinema).id}")).text


@pytest.mark.parametrize(("until", "days"), [("7", 7), ("30", 30)])
async def test_one_tap_snoozes_and_another_undoes_it(
    until: str, days: int, bobs: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room)
    place = "/backlog?sort=turn&page=2"
    page = await bobs.get(f"/items/{item.id}?back={quote(place, safe='')}")
    assert f'name="until" value="{until}"' in page.text and "For ever</button>" not in page.text
    assert 'href="/backlog?sort=turn&amp;page=2"' in page.text
    fields = {"item": str(item.id), "kind": "item", "until": until, "back": place}
    page = await bobs.post("/exclusions", **fields)
    assert 'href="/backlog?sort=turn&amp;page=2"' in page.text
    made = Exclusion.get()
    assert made.until and abs(made.until - now() - timedelta(days=days)) < timedelta(hours=1)
    back = unescape(page.text.partition('name="back" value="/items/')[2].partition('"')[0])
    after = await bobs.post(f"/exclusions/{made.id}", method="DELETE", back=f"/items/{back}")
    assert after.url.path == f"/items/{item.id}" and not Exclusion.select().exists()
    assert 'href="/backlog?sort=turn&amp;page=2"' in after.text


async def test_for_ever_is_offered_to_those_who_may(
    bobs: Browser, alices: Browser, veras: Browser, nightly: Queue, bob: User, living_room: Instance
) -> None:
    address = f"/items/{_wanted(living_room).id}"
    assert "For ever</button>" in (await alices.get(address)).text
    assert "For ever</button>" not in (await bobs.get(address)).text
    nightly.change(owner=bob)
    assert "For ever</button>" in (await bobs.get(address)).text
    assert "Snooze" not in (await veras.get(address)).text


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example/backlog", "/session"])
async def test_the_way_back_leads_nowhere_else(
    back: str, bobs: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room)
    page = await bobs.get(f"/items/{item.id}?back={quote(back, safe='')}")
    assert re.search(r'class="page-header-back" href="/(backlog)?"', page.text)
    assert not re.search(r'(href|value|action)="(https:)?//evil', page.text)
    fields = {"item": str(item.id), "kind": "item", "until": "7", "back": back}
    sent = await bobs.post("/exclusions", follow=False, **fields)
    assert "evil" not in sent.headers["location"]
    made = Exclusion.get()
    undone = await bobs.post(f"/exclusions/{made.id}", method="DELETE", follow=False, back=back)
    assert undone.headers["location"] in ("/", "/session")


@pytest.mark.parametrize(
    ("fate", "words"), [(None, "is not imported yet"), ("failed", "whose download failed")]
)
async def test_an_item_that_our_search_grabbed_is_not_said_to_find_the_same(
    fate: str | None, words: str, bobs: Browser, living_room: Instance
) -> None:
    item = _wanted(living_room, searched_at=now(), cooldown_until=now() + WEEK)
    search = Search.begin([item], None, now(), 1)
    search.change(state="done", outcome="grabbed", release="Low.Water.S01E01", fate=fate)
    page = (await bobs.get(f"/items/{item.id}")).text
    assert "grabbed a release" in page and words in page
    assert "would find the same" not in page
