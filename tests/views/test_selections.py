"""Many marked items at once: excluded, snoozed, searched, undone."""

import re
from datetime import timedelta
from typing import Any

import pytest

from jobs.engine import Engine
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.backlog.marked import exclude, undo
from models.database.fields import now, to_ms
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.wishes import Wish
from tests.fakes.browser import Browser
from tests.views.typed import settled
from tests.wanted import wanted

PLACE = "/backlog?sort=turn"


def _reasons() -> list[Reason]:
    return [item.reason for item in Item.select().order_by(Item.id)]


async def test_what_is_marked_is_snoozed_and_the_undo_stands_on_the_same_list(
    bobs: Browser, living_room: Instance, cinema: Instance
) -> None:
    items = [wanted(living_room), wanted(living_room), wanted(cinema)]
    marked = [items[0].id, items[2].id]
    page = await bobs.post("/exclusions/many", item=marked, until="7", date="", back=PLACE)
    assert str(page.url).partition("7337")[2].startswith(f"{PLACE}&undo=")
    assert _reasons() == [Reason.EXCLUDED, Reason.ELIGIBLE, Reason.EXCLUDED]
    (made, other) = Exclusion.select()
    assert made.decided_by == "Bob" and made.created_at == other.created_at
    assert timedelta(days=6.9) < made.until - now() < timedelta(days=7.1)
    assert "2 items excluded until" in page.text
    moment = str(to_ms(made.created_at))
    assert f'name="made" value="{moment}"' in page.text
    after = await bobs.post("/exclusions/many", method="DELETE", made=moment, back=PLACE)
    assert "2 items not excluded any more." in after.text and after.url.query == b"sort=turn"
    assert not Exclusion.select().exists() and set(_reasons()) == {Reason.ELIGIBLE}


async def test_with_htmx_the_list_is_changed_in_place(bobs: Browser, living_room: Instance) -> None:
    item = wanted(living_room)
    fields = {"item": [item.id], "until": "30", "date": "", "back": PLACE}
    answer = await bobs.post("/exclusions/many", htmx=True, **fields)
    assert answer.status_code == 200 and answer.text.lstrip().startswith("<title>")
    assert "excluded by <bdi>Bob</bdi>" in answer.text and "1 item excluded until" in answer.text
    made = re.search(r'name="made" value="(\d+)"', answer.text)
    assert made
    undone = await bobs.post(
        "/exclusions/many", htmx=True, method="DELETE", made=made[1], back=PLACE
    )
    assert "1 item not excluded any more." in undone.text and 'name="made"' not in undone.text
    assert not Exclusion.select().exists()


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("until", ["7", ""], ids=["snoozed", "for ever"])
async def test_an_undo_puts_back_exactly_what_was_there_before(
    until: str, htmx: bool, alices: Browser, alice: User, bob: User, living_room: Instance
) -> None:
    items = [wanted(living_room, series_id=5, season=number) for number in (1, 2, 3, 4)]
    long_ago = now() - timedelta(days=3)
    whole = {"until": None, "user": bob, "at": long_ago}
    Exclusion.decide(items[0], "season", **whole)
    Exclusion.decide(items[0], "item", **whole).change(note="Not for us", decided_by="Robert")
    snoozed = whole | {"until": now() + timedelta(days=2), "user": alice}
    Exclusion.decide(items[1], "item", **snoozed)
    ended = whole | {"until": now() - timedelta(days=1)}
    Exclusion.decide(items[2], "item", **ended)
    Item.get_by_id(items[2].id).change(reason=Reason.ELIGIBLE, excluded_until=None)
    before, reasons = _exclusions(), _reasons()
    fields = {"item": [item.id for item in items], "until": until, "date": "", "back": PLACE}
    page = await alices.post("/exclusions/many", htmx=htmx, **fields)
    made = re.search(r'name="made" value="(\d+)"', page.text)
    assert made and _exclusions() != before
    told = {"method": "DELETE", "made": made[1], "back": PLACE}
    undone = await alices.post("/exclusions/many", htmx=htmx, **told)
    assert "2 items not excluded any more. 2 items excluded as before." in undone.text
    in_force = [row for row in before if row["until"] is None or row["until"] > now()]
    assert _exclusions() == in_force
    assert _reasons() == reasons
    again = await alices.post("/exclusions/many", htmx=htmx, **told)
    assert "0 items not excluded any more." in again.text
    assert len(_exclusions()) == 3


def _exclusions() -> list[dict[str, Any]]:
    rows = Exclusion.select().order_by(Exclusion.arr_id, Exclusion.kind)
    return [{n: v for n, v in row.__data__.items() if n != "id"} for row in rows]


async def test_what_was_replaced_and_has_ended_meanwhile_stays_ended(
    bob: User, living_room: Instance
) -> None:
    item, at = wanted(living_room), now()
    Exclusion.decide(item, "item", until=at + timedelta(hours=1), user=bob, at=at)
    later = at + timedelta(minutes=1)
    exclude([item], until=None, user=bob, at=later)
    assert undo(list(Exclusion.made(bob, later)), at + timedelta(hours=2)) == (1, 0)
    assert not Exclusion.select().exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until": "7"}, "Mark at least one item."),
        ({"until": "date", "date": ""}, "Choose a date."),
        ({"until": "date", "date": "2019-01-01"}, "Choose a later day"),
        ({"until": "date", "date": "soon"}, "Write the date as"),
        ({"until": "never"}, "Mark at least one item."),
        ({}, "Mark at least one item."),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
async def test_a_refused_form_keeps_its_marks_and_says_why(
    fields: dict[str, str], sentence: str, htmx: bool, bobs: Browser, living_room: Instance
) -> None:
    item = wanted(living_room)
    marked = [] if sentence.startswith("Mark") and "until" in fields else [item.id]
    told = {"date": "", "back": PLACE} | fields
    page = await bobs.post("/exclusions/many", htmx=htmx, item=marked, **told)
    assert page.status_code == 422 and sentence in page.text
    assert (f'value="{item.id}" aria-label="{item.label}" checked' in page.text) == bool(marked)
    assert not Exclusion.select().exists()


async def test_a_member_excludes_for_ever_only_what_own_queues_take(
    bobs: Browser, alices: Browser, bob: User, nightly: Queue,
    living_room: Instance, cinema: Instance,
) -> None:  # fmt: skip
    nightly.change(owner=bob)
    mine, not_mine = wanted(living_room), wanted(cinema)
    fields: dict[str, Any] = {"item": [mine.id, not_mine.id], "until": "", "date": ""}
    page = await bobs.post("/exclusions/many", back=PLACE, **fields)
    assert "1 item left alone: only an administrator" in page.text
    assert _reasons() == [Reason.EXCLUDED, Reason.ELIGIBLE]
    await alices.post("/exclusions/many", back=PLACE, **fields)
    assert _reasons() == [Reason.EXCLUDED, Reason.EXCLUDED]


async def test_what_somebody_else_excluded_is_left_alone(
    bobs: Browser, alice: User, living_room: Instance
) -> None:
    theirs, free = wanted(living_room), wanted(living_room)
    made = Exclusion.decide(theirs, "item", until=None, user=alice, at=now())
    fields = {"item": [theirs.id, free.id], "until": "7", "date": "", "back": PLACE}
    page = await bobs.post("/exclusions/many", **fields)
    assert "1 item left alone: somebody else excluded them" in page.text
    assert Exclusion.get_by_id(made.id).until is None and Exclusion.select().count() == 2
    moment = str(to_ms(made.created_at))
    await bobs.post("/exclusions/many", method="DELETE", made=moment, back=PLACE)
    assert Exclusion.select().count() == 2


async def test_the_cost_is_said_before_anything_is_sent(
    bobs: Browser, living_room: Instance, cinema: Instance
) -> None:
    living_room.change(hourly_budget=2)
    later = now() + timedelta(days=3)
    items = [wanted(living_room, at=now()) for _ in range(3)]
    items.append(wanted(living_room, cooldown_until=later, at=now()))
    items += [wanted(cinema, at=now()), wanted(cinema, monitored=False, at=now())]
    ids = [item.id for item in items]
    page = await bobs.post("/searches/preview", item=ids, date="", back=PLACE)
    for words in (
        "<h1><bdi>Search 3 items now</bdi></h1>", "2 searches on <bdi>Living room</bdi>",
        "2 of the 2 left (limit 2)", "No room now</dt><dd>1 item",
        "Left out</dt><dd>1 item in cooldown", "1 search on <bdi>Cinema</bdi>",
        "1 item: not monitored", "Also the 1 in cooldown", 'href="/backlog?sort=turn"',
    ):  # fmt: skip
        assert words in page.text, words
    assert not Wish.select().exists() and not Search.select().exists()


async def test_a_search_of_many_obeys_what_a_search_of_one_does(
    bobs: Browser, engine: Engine, living_room: Instance
) -> None:
    """It asks for as many as there is room for, and for what rests only if the person says so."""
    living_room.change(hourly_budget=2)
    later = now() + timedelta(days=3)
    resting = wanted(living_room, cooldown_until=later, at=now())
    items = [wanted(living_room, at=now()) for _ in range(3)]
    ids = [resting.id, *(item.id for item in items)]
    async with engine.lane(living_room.id).turn():
        page = await bobs.post("/searches", item=ids, back=PLACE)
        assert "2 searches asked for, one at a time on Living room." in page.text
        assert Wish.waits_for("search") | {w.about for w in Wish.going_on()} == set(ids[1:3])
        again = await bobs.post("/searches", item=ids[1:3], back=PLACE)
        assert "0 searches asked for" in again.text
    await settled(engine)
    assert Search.select().count() <= 2
    over = await bobs.post("/searches", item=[resting.id], back=PLACE)
    assert "Nothing was asked for." in over.text


async def test_what_rests_is_searched_when_the_person_says_so(
    bobs: Browser, engine: Engine, living_room: Instance
) -> None:
    resting = wanted(living_room, cooldown_until=now() + timedelta(days=3), at=now())
    async with engine.lane(living_room.id).turn():
        page = await bobs.post("/searches", item=[resting.id], anyway="1", back=PLACE)
        assert "1 search asked for" in page.text
    await settled(engine)


@pytest.mark.parametrize("path", ["/exclusions/many", "/searches/preview", "/searches"])
async def test_viewers_and_strangers_change_nothing(
    path: str, veras: Browser, browser: Browser, living_room: Instance
) -> None:
    item = wanted(living_room)
    fields = {"item": [item.id], "until": "7", "back": PLACE}
    assert (await veras.post(path, **fields)).status_code == 403
    answer = await browser.post(path, follow=False, **fields)
    assert answer.headers["location"].startswith("/session/new")
    assert not Exclusion.select().exists() and not Wish.select().exists()


@pytest.mark.parametrize(
    "back", ["https://evil.example/backlog", "//evil.example", "/\\evil", "/session", "x" * 999, ""]
)
async def test_the_way_back_is_a_list_of_this_program(
    back: str, bobs: Browser, living_room: Instance
) -> None:
    item = wanted(living_room)
    fields = {"item": [item.id], "until": "7", "date": "", "back": back}
    page = await bobs.post("/exclusions/many", follow=False, **fields)
    place = page.headers["location"].partition("?")[0]
    assert place in ("/backlog", "/")
