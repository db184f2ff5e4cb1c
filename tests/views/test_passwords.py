"""One's own password, and what is said of a new one while it is typed."""

import pytest

from models.people import User
from tests.conftest import PASSWORD, SETUP_TOKEN
from tests.fakes.browser import Browser
from views.passwords import NONE_HERE

NEW = "another walk by the sea"
TYPED = {"own_password": PASSWORD, "password": NEW, "password_again": NEW}


@pytest.mark.parametrize("htmx", [False, True])
async def test_it_is_changed(htmx: bool, veras: Browser, browser: Browser) -> None:
    answer = await veras.post("/password", method="PATCH", htmx=htmx, follow=False, **TYPED)
    assert answer.headers["hx-location" if htmx else "location"] == "/profile"
    assert (await browser.sign_in("vera", PASSWORD)).status_code == 422
    assert (await browser.sign_in("vera", NEW)).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"own_password": "wrong"}, "own_password"),
        ({"password": "short"}, "password"),
        ({"password": "vera vera 12", "password_again": "vera vera 12"}, "password"),
        ({"password_again": "x"}, "password_again"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    change: dict[str, str], field: str, veras: Browser, vera: User
) -> None:
    answer = await veras.post("/password", method="PATCH", **TYPED | change)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert NEW not in answer.text
    assert User.get_by_id(vera.id).password_hash == vera.password_hash


async def test_whoever_has_none_is_told_so(veras: Browser, vera: User) -> None:
    vera.change(password_hash=None)
    assert 'name="own_password"' not in (await veras.get("/password")).text
    answer = await veras.post("/password", method="PATCH", **TYPED)
    assert answer.status_code == 403
    assert NONE_HERE in answer.text
    assert User.get_by_id(vera.id).password_hash is None


async def test_the_hint_replaces_the_one_beside_the_field(browser: Browser) -> None:
    page = await browser.get(f"/setup?token={SETUP_TOKEN}")
    assert page.text.count('id="f-password-hint"') == 1
    answer = await browser.post("/password/hint", htmx=True, password="elevenchars")
    assert 'id="f-password-hint"' in answer.text
    assert "1 more character." in answer.text


async def test_the_hint_knows_whose_password_it_will_be(browser: Browser, bobs: Browser) -> None:
    async def tone(of: Browser, **typed: str) -> str:
        answer = await of.post("/password/hint", htmx=True, password="bob 2026 bob!", **typed)
        return answer.text.partition('data-tone="')[2].partition('"')[0]

    assert await tone(browser, name="Bob") == "refused"
    assert await tone(browser, name="Zoe") == "good"
    assert await tone(bobs) == "refused"
    assert await tone(bobs, name="Zoe") == "good"


async def test_without_script_the_hint_leads_back(browser: Browser) -> None:
    answer = await browser.post("/password/hint", follow=False, password=NEW)
    assert answer.status_code == 303
    assert NEW not in answer.headers["location"]
