"""Excluding, snoozing and undoing, each by those who may."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.queues import Queue
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.wanted import wanted


@pytest.fixture
def item(living_room: Instance) -> Item:
    return wanted(living_room)


def _form(item: Item, /, **changes: Any) -> dict[str, Any]:
    return {"item": item.id, "kind": "item", "until": "30", **changes}


async def test_a_member_snoozes(bobs: Browser, bob: User, item: Item) -> None:
    page = await bobs.post("/exclusions", **_form(item, kind="series"))
    assert page.url.path == f"/items/{item.id}"
    assert "“Low Water” is excluded until" in page.text
    made = Exclusion.get()
    assert (made.user, made.kind) == (bob, "series")
    assert abs(made.until - now() - timedelta(days=30)) < timedelta(minutes=1)
    assert Item.get_by_id(item.id).reason == Reason.EXCLUDED


async def test_an_administrator_excludes_for_ever(alices: Browser, item: Item) -> None:
    page = await alices.post("/exclusions", **_form(item, until=""))
    assert "is excluded for ever" in page.text
    assert Exclusion.get().until is None


async def test_a_day_begins_at_midnight_of_the_persons_zone(alices: Browser, item: Item) -> None:
    year = now().year + 1
    await alices.post("/exclusions", **_form(item, until="date", date=f"{year}-07-01"))
    assert Exclusion.get().until == datetime(year, 6, 30, 22, tzinfo=UTC)


async def test_with_htmx_the_items_page_is_a_location(alices: Browser, item: Item) -> None:
    answer = await alices.post("/exclusions", htmx=True, **_form(item))
    assert (answer.status_code, answer.headers["hx-location"]) == (200, f"/items/{item.id}")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "movie"}, "Choose one from the list."),
        ({"kind": "household"}, "Choose one from the list."),
        ({"kind": ["item", "series"]}, "This was sent twice."),
        ({"until": "8"}, "Choose one from the list."),
        ({"until": "date"}, "Choose a date."),
        ({"until": "date", "date": "soon"}, "Write the date as"),
        ({"until": "date", "date": "2020-01-01"}, "Choose a later day"),
        ({"until": "date", "date": "9999-12-31"}, "Choose a later day"),
        ({"until": "date", "date": "0001-01-01"}, "Choose a later day"),
        ({"user": "1"}, "This form has no field"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
async def test_what_cannot_be_meant_is_refused_on_the_items_page(
    changes: dict[str, Any], words: str, htmx: bool, alices: Browser, item: Item
) -> None:
    answer = await alices.post("/exclusions", htmx=htmx, **_form(item, **changes))
    assert answer.status_code == 422
    assert words in answer.text and f'name="item" value="{item.id}"' in answer.text
    assert '<details class="disclosure" open>' in answer.text
    assert not Exclusion.select().exists()


@pytest.mark.parametrize("number", ["", "x", "99", "99999999999999999999", "-1", "1.5"])
async def test_an_item_that_is_not_there_is_not_found(
    number: str, alices: Browser, item: Item
) -> None:
    answer = await alices.post("/exclusions", **_form(item, item=number))
    assert answer.status_code == 404
    assert not Exclusion.select().exists()


async def test_without_an_end_it_is_not_taken_to_be_for_ever(alices: Browser, item: Item) -> None:
    answer = await alices.post("/exclusions", item=item.id, kind="item")
    assert answer.status_code == 422
    assert not Exclusion.select().exists()


async def test_for_ever_is_for_members_whose_queues_take_it(
    bobs: Browser, bob: User, item: Item, nightly: Queue
) -> None:
    answer = await bobs.post("/exclusions", **_form(item, until=""))
    assert answer.status_code == 422 and "Only an administrator" in answer.text
    nightly.change(owner=bob)
    await bobs.post("/exclusions", **_form(item, until=""))
    assert Exclusion.get().until is None


async def test_a_member_does_not_replace_what_somebody_else_decided(
    bobs: Browser, alice: User, item: Item
) -> None:
    Exclusion.decide(item, "item", until=None, user=alice, at=START)
    answer = await bobs.post("/exclusions", **_form(item))
    assert answer.status_code == 422 and "Somebody else excluded this" in answer.text
    assert Exclusion.get().until is None


async def test_viewers_exclude_nothing_and_undo_nothing(
    veras: Browser, alice: User, item: Item
) -> None:
    assert (await veras.post("/exclusions", **_form(item))).status_code == 403
    made = Exclusion.decide(item, "item", until=None, user=alice, at=START)
    answer = await veras.post(f"/exclusions/{made.id}", method="DELETE")
    assert answer.status_code == 403 and Exclusion.select().count() == 1
    assert "Undo" not in (await veras.get("/exclusions")).text


async def test_undoing_brings_it_back_at_once(bobs: Browser, bob: User, item: Item) -> None:
    made = Exclusion.decide(item, "series", until=None, user=bob, at=START)
    page = await bobs.get("/exclusions")
    assert "Low Water" in page.text and f'action="/exclusions/{made.id}"' in page.text
    await bobs.post(f"/exclusions/{made.id}", method="DELETE")
    assert not Exclusion.select().exists()
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE
    assert (await bobs.post(f"/exclusions/{made.id}", method="DELETE")).status_code == 404


async def test_a_member_does_not_undo_another_persons(
    bobs: Browser, alices: Browser, alice: User, item: Item
) -> None:
    made = Exclusion.decide(item, "item", until=None, user=alice, at=START)
    answer = await bobs.post(f"/exclusions/{made.id}", method="DELETE")
    assert answer.status_code == 403 and Exclusion.select().exists()
    await alices.post(f"/exclusions/{made.id}", method="DELETE")
    assert not Exclusion.select().exists()


async def test_what_is_over_is_not_listed(bobs: Browser, bob: User, item: Item) -> None:
    over = now() - timedelta(minutes=1)
    Exclusion.decide(item, "item", until=over, user=bob, at=START)
    assert "Nothing is excluded" in (await bobs.get("/exclusions")).text


async def test_signed_out_nothing_is_excluded(browser: Browser, alice: User, item: Item) -> None:
    answer = await browser.post("/exclusions", follow=False, **_form(item))
    assert answer.headers["location"].startswith("/session/new")
    assert not Exclusion.select().exists()


async def test_the_wrong_verb_is_refused(alices: Browser, item: Item) -> None:
    assert (await alices.get("/exclusions/1")).status_code == 405
    assert (await alices.post("/exclusions", method="PATCH")).status_code == 405
    assert (await alices.post("/backlog")).status_code == 405
