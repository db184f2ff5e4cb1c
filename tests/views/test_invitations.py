"""Invitations: a link that is shown once and makes one account."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from models.database.fields import now
from models.environment import Environment
from models.people import User
from models.people.invitations import Invitation
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS, Browser
from views.invitations import NAME_TAKEN, OVER

ACCOUNT = {
    "name": "Zoe",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "time_zone": "Europe/Paris",
}


async def _invite(by: Browser, **typed: str) -> str:
    """The path of the link."""
    answer = await by.post(
        "/people/invitations", **{"name": "", "role": "member", "own_password": PASSWORD} | typed
    )
    assert answer.status_code == 201
    link = answer.text.partition('value="http')[2].partition('"')[0]
    assert link.startswith(ADDRESS.removeprefix("http"))
    return "/invitations/" + link.rpartition("/")[2]


async def test_the_link_is_shown_once(alices: Browser) -> None:
    path = await _invite(alices, name="Zoe")
    page = await alices.get("/people")
    assert "Zoe" in page.text
    assert path not in page.text


async def test_the_link_is_built_on_the_address_that_the_browser_used(alices: Browser) -> None:
    alices.http.base_url = "http://vqs.lan:8080"
    await alices.sign_in("alice", PASSWORD)
    answer = await alices.post("/people/invitations", name="", role="viewer")
    assert 'value="http://vqs.lan:8080/invitations/' in answer.text


class TestBelowAPath:
    @pytest.fixture
    def options(self, tmp_path: Path) -> Environment:
        return Environment(data_dir=tmp_path, base_path="/searcharr")

    async def test_the_link_has_the_path(self, browser: Browser, alice: User) -> None:
        browser.http.base_url = f"{ADDRESS}/searcharr"
        await browser.post("/session", follow=False, name="alice", password=PASSWORD)
        answer = await browser.post("/people/invitations", name="", role="viewer")
        assert f'value="{ADDRESS}/searcharr/invitations/' in answer.text


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
@pytest.mark.parametrize("htmx", [False, True])
async def test_it_is_accepted_with_a_name_a_password_and_a_time_zone(
    role: str, htmx: bool, alices: Browser, browser: Browser
) -> None:
    path = await _invite(alices, role=role, name="Zoe")
    form = await browser.get(path)
    assert 'value="Zoe"' in form.text
    answer = await browser.post(path, htmx=htmx, follow=False, **ACCOUNT)
    assert answer.headers["hx-location" if htmx else "location"] == "/"
    zoe = User.named("zoe")
    assert zoe and (zoe.role, zoe.time_zone) == (role, "Europe/Paris")
    assert (await browser.http.get("/queues")).status_code == 200


async def test_it_works_once_also_at_the_same_moment(alices: Browser, browser: Browser) -> None:
    path = await _invite(alices)
    async with Browser(browser.app) as other:
        tokens = [await browser.token(), await other.token()]
        answers = await asyncio.gather(
            browser.post(path, follow=False, **ACCOUNT | {"token": tokens[0]}),
            other.post(path, follow=False, **ACCOUNT | {"name": "Eve", "token": tokens[1]}),
        )
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert User.select().count() == 2
    again = await browser.http.get(path)
    assert again.status_code == 404
    assert OVER in again.text


@pytest.mark.parametrize("end", ["taken back", "too old", "never made"])
async def test_a_link_that_is_over_is_worth_nothing(
    end: str, alices: Browser, browser: Browser
) -> None:
    path = await _invite(alices)
    if end == "taken back":
        await alices.post(f"/people/invitations/{Invitation.get().id}", method="DELETE")
        assert not Invitation.select().exists()
    elif end == "too old":
        Invitation.update(expires_at=now() - timedelta(seconds=1)).execute()
    else:
        path = "/invitations/" + "A" * 43
    assert (await browser.http.get(path)).status_code == 404
    answer = await browser.post(path, **ACCOUNT)
    assert answer.status_code == 404
    assert OVER in answer.text
    assert User.select().count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "aLiCe"}, "name"),
        ({"password": "short"}, "password"),
        ({"password_again": "x"}, "password_again"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_the_link_still_works(
    change: dict[str, str], field: str, alices: Browser, browser: Browser
) -> None:
    path = await _invite(alices)
    answer = await browser.post(path, **ACCOUNT | change)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert (await browser.post(path, **ACCOUNT)).status_code == 200


async def test_a_name_taken_while_the_password_is_hashed_is_noticed(
    alices: Browser, browser: Browser
) -> None:
    paths = [await _invite(alices), await _invite(alices)]
    async with Browser(browser.app) as other:
        tokens = [await browser.token(), await other.token()]
        answers = await asyncio.gather(
            browser.post(paths[0], follow=False, **ACCOUNT | {"token": tokens[0]}),
            other.post(paths[1], follow=False, **ACCOUNT | {"token": tokens[1]}),
        )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert any(NAME_TAKEN in answer.text for answer in answers)


@pytest.mark.parametrize("field", ["role", "is_admin", "id", "expires_at"])
async def test_the_role_is_the_inviter_s_choice(
    field: str, alices: Browser, browser: Browser
) -> None:
    path = await _invite(alices, role="viewer")
    answer = await browser.post(path, **ACCOUNT, **{field: "admin"})
    assert answer.status_code == 422
    assert User.select().count() == 1


async def test_an_invitation_needs_a_role(alices: Browser) -> None:
    answer = await alices.post("/people/invitations", name="Zoe")
    assert answer.status_code == 422
    assert 'value="Zoe"' in answer.text
    assert not Invitation.select().exists()


async def test_whoever_is_signed_in_already_is_told_so(alices: Browser) -> None:
    path = await _invite(alices)
    assert "You are signed in as <bdi>Alice</bdi>" in (await alices.get(path)).text
