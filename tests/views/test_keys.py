"""The page of API keys: each person's own, and for administrators everybody's."""

import re

import pytest

from models.database.fields import now
from models.people import User
from models.people.audit import Event
from models.people.keys import MOST, ApiKey
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from views.keys import NAME_TAKEN, ONLY_READS, TOO_MANY

KEY = re.compile(r'value="(vqs_[\w-]{43})"')


async def test_a_person_makes_a_key_that_is_shown_once(bobs: Browser, bob: User) -> None:
    page = await bobs.post("/keys", name="Homepage", scope="totals", own_password=PASSWORD)
    assert page.status_code == 201
    shown = KEY.search(page.text)
    assert shown
    row = ApiKey.of(shown[1], now())
    assert row and (row.user, row.name, row.scope) == (bob, "Homepage", "totals")
    listed = await bobs.get("/keys")
    assert "Homepage" in listed.text and shown[1] not in listed.text
    event = Event.recent().first()
    assert (event.action, event.name, event.about) == ("key-made", "Bob", "Homepage")
    assert "1 program may act for you" in (await bobs.get("/profile")).text


async def test_it_asks_for_the_password(bobs: Browser) -> None:
    page = await bobs.post("/keys", name="Homepage", scope="read", own_password="not it")
    assert page.status_code == 422
    assert not ApiKey.select().exists()


async def test_names_are_taken_once_and_keys_are_not_endless(bobs: Browser, bob: User) -> None:
    row, _ = ApiKey.make(bob, "Homepage", "read", now())
    again = {"name": "Homepage", "scope": "read", "own_password": PASSWORD}
    page = await bobs.post("/keys", **again)
    assert page.status_code == 422 and NAME_TAKEN in page.text
    row.revoke(now())
    assert (await bobs.post("/keys", **again)).status_code == 201
    for number in range(MOST - 1):
        ApiKey.make(bob, str(number), "read", now())
    page = await bobs.post("/keys", **again | {"name": "One more"})
    assert page.status_code == 422 and TOO_MANY in page.text


async def test_a_viewer_is_offered_no_key_that_changes(veras: Browser) -> None:
    assert 'value="write"' not in (await veras.get("/keys")).text
    page = await veras.post("/keys", name="x", scope="write", own_password=PASSWORD)
    assert page.status_code == 422 and ONLY_READS in page.text


@pytest.mark.parametrize("whose", ["bob", "alice"])
async def test_its_person_and_an_administrator_revoke_it(
    whose: str, alices: Browser, bobs: Browser, veras: Browser, bob: User
) -> None:
    row, key = ApiKey.make(bob, "Homepage", "read", now())
    assert "<bdi>Homepage</bdi>" not in (await veras.get("/keys")).text
    assert (await veras.post(f"/keys/{row.id}", method="DELETE")).status_code == 404
    assert ApiKey.of(key, now())
    browser = {"alice": alices, "bob": bobs}[whose]
    assert "<bdi>Homepage</bdi>" in (await browser.get("/keys")).text
    await browser.post(f"/keys/{row.id}", method="DELETE")
    assert ApiKey.of(key, now()) is None
    assert "Revoked" in (await browser.get("/keys")).text
    assert Event.recent().first().action == "key-revoked"
