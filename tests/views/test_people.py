"""The people of the household, as administrators see them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models.database.fields import now
from models.people import User
from models.people.sessions import Session
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.views.typed import everything
from views.people import LAST, NO_HEIR, YOURSELF

STEPS_DOWN = {"role": "member", "own_password": PASSWORD}


@pytest.fixture
async def second(browser: Browser, bob: User) -> AsyncIterator[Browser]:
    """Bob's browser, who is an administrator too here."""
    bob.change(role="admin")
    async with Browser(browser.app) as made:
        await made.sign_in("bob", PASSWORD)
        yield made


async def test_the_page_names_everybody(alices: Browser, bob: User, vera: User) -> None:
    vera.change(disabled_at=now(), password_hash=None)
    page = await alices.get("/people")
    for words in ("Alice", "Bob", "Vera", "Viewer", "Disabled", "through the proxy"):
        assert words in page.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_role_is_changed(htmx: bool, alices: Browser, bob: User) -> None:
    answer = await alices.post(
        f"/people/{bob.id}", method="PATCH", htmx=htmx, follow=False, role="viewer"
    )
    where = answer.headers["hx-location" if htmx else "location"]
    assert where == "/people"
    assert User.get_by_id(bob.id).role == "viewer"
    assert "Bob is a viewer now." in (await alices.get("/people")).text


@pytest.mark.parametrize(
    "typed", [{}, {"role": ""}, {"role": "owner"}, {"role": ["admin", "viewer"]}]
)
async def test_only_one_of_the_roles_is_taken(
    typed: dict[str, object], alices: Browser, bob: User
) -> None:
    answer = await alices.post(f"/people/{bob.id}", method="PATCH", **typed)
    assert answer.status_code == 422
    assert 'id="f-role-error"' in answer.text
    assert User.get_by_id(bob.id).role == "member"


async def test_the_last_administrator_is_told_so(alices: Browser, alice: User) -> None:
    answer = await alices.post(f"/people/{alice.id}", method="PATCH", **STEPS_DOWN)
    assert answer.status_code == 422
    assert LAST in answer.text
    assert User.get_by_id(alice.id).is_admin
    assert (await alices.http.get("/people")).status_code == 200


async def test_whoever_steps_down_goes_on_as_what_they_are(
    alices: Browser, alice: User, second: Browser
) -> None:
    page = await alices.post(f"/people/{alice.id}", method="PATCH", **STEPS_DOWN)
    assert page.url.path == "/"
    assert (await alices.http.get("/people")).status_code == 403


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
async def test_two_who_remove_each_other_at_once_leave_one(
    method: str, alices: Browser, second: Browser, alice: User, bob: User
) -> None:
    tokens = {alices: await alices.token(), second: await second.token()}

    async def remove(by: Browser, whom: User, heir: User) -> int:
        typed = {
            "PATCH": {"role": "viewer", "own_password": PASSWORD},
            "POST": {"own_password": PASSWORD},
            "DELETE": {"heir": str(heir.id), "own_password": PASSWORD},
        }[method]
        path = f"/people/{whom.id}" + ("/suspension" if method == "POST" else "")
        answer = await by.post(path, method=method, follow=False, token=tokens[by], **typed)
        return answer.status_code

    await asyncio.gather(remove(alices, bob, alice), remove(second, alice, bob))
    assert User.administrators().count() == 1


async def test_disabling_and_enabling(alices: Browser, bobs: Browser, bob: User) -> None:
    page = await alices.post(f"/people/{bob.id}/suspension", own_password=PASSWORD)
    assert page.url.path == f"/people/{bob.id}"
    assert "cannot sign in" in page.text
    assert (await bobs.http.get("/queues")).status_code == 303
    assert (await bobs.sign_in("bob", PASSWORD)).status_code == 422
    await alices.post(f"/people/{bob.id}/suspension", method="DELETE")
    assert User.get_by_id(bob.id).disabled_at is None


async def test_nobody_disables_or_deletes_themselves(
    alices: Browser, alice: User, second: Browser, bob: User
) -> None:
    before = everything()
    typed = {"heir": str(bob.id), "own_password": PASSWORD}
    for answer in (
        await alices.post(f"/people/{alice.id}/suspension"),
        await alices.post(f"/people/{alice.id}", method="DELETE", **typed),
    ):
        assert answer.status_code == 403
        assert YOURSELF in answer.text
    assert everything() == before


async def test_a_deleted_person_s_queues_go_to_whom_was_chosen(
    alices: Browser, alice: User, bob: User, vera: User, nightly: Queue
) -> None:
    vera.change(role="admin")
    nightly.change(owner=bob)
    shown = await alices.get(f"/people/{bob.id}")
    assert "Nightly" in shown.text
    page = await alices.post(
        f"/people/{bob.id}", method="DELETE", heir=str(vera.id), own_password=PASSWORD
    )
    assert page.url.path == "/people"
    assert "belongs to Vera now" in page.text
    assert Queue.get().owner == vera
    assert User.named("bob") is None


@pytest.mark.parametrize("who", ["member", "disabled", "deleted", "nobody", "junk"])
async def test_only_an_administrator_who_can_sign_in_inherits(
    who: str, alices: Browser, bob: User, vera: User, nightly: Queue
) -> None:
    if who == "disabled":
        vera.change(role="admin", disabled_at=now())
    heir = {"member": vera.id, "disabled": vera.id, "deleted": bob.id, "nobody": 10**30}.get(
        who, "x"
    )
    before = everything()
    answer = await alices.post(
        f"/people/{bob.id}", method="DELETE", heir=str(heir), own_password=PASSWORD
    )
    assert answer.status_code == 422
    assert 'id="f-heir-error"' in answer.text
    assert (NO_HEIR in answer.text) == (who not in ("junk",))
    assert everything() == before


async def test_a_person_s_sessions_are_counted(alices: Browser, bob: User) -> None:
    for _ in range(3):
        Session.begin(bob, now(), "", "")
    assert "3 browsers" in (await alices.get(f"/people/{bob.id}")).text


async def test_the_menu_offers_people_to_administrators_alone(
    alices: Browser, bobs: Browser
) -> None:
    assert 'href="/people"' in (await alices.get("/profile")).text
    assert 'href="/people"' not in (await bobs.get("/profile")).text
